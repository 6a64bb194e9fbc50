import { tryProperty } from '../trying.ts';

tryProperty({
  property: 'exactly-once',
  schedules: 150,
  reached: { answered: 200, 'repetition-while-running': 50, 'view-started': 50 },
  brokenBy: { mutant: 'no-dedupe', replicas: 3, mode: 'durable' },
});
