import { tryProperty } from '../trying.ts';

tryProperty({
  property: 'in-turn',
  schedules: 150,
  reached: { answered: 200, 'view-started': 50 },
  brokenBy: { mutant: 'execute-out-of-order', replicas: 3, mode: 'durable' },
});
