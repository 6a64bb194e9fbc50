import { tryProperty } from '../../trying.ts';

tryProperty({
  property: 'within-bounds',
  schedules: 150,
  reached: { answered: 200, 'view-started': 50 },
  brokenBy: { mutant: 'commit-past-log', replicas: 3, mode: 'durable' },
});
