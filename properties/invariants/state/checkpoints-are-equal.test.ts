import { tryProperty } from '../../trying.ts';

tryProperty({
  property: 'checkpoints-are-equal',
  schedules: 150,
  reached: { answered: 200, 'log-compacted': 100, 'checkpoint-for-later-view': 1 },
  brokenBy: { mutant: 'checkpoint-misnumbered', replicas: 3, mode: 'durable' },
});
