import { tryProperty } from '../trying.ts';

tryProperty({
  property: 'same-result',
  schedules: 150,
  reached: { answered: 200, 'view-started': 50 },
  brokenBy: { mutant: 'replaced-log-not-executed', replicas: 3, mode: 'durable' },
});
