import { tryProperty } from '../trying.ts';

tryProperty({
  property: 'linearizable',
  schedules: 150,
  reached: { answered: 200, 'view-started': 50 },
  brokenBy: { mutant: 'commit-quorum-short', replicas: 3, mode: 'durable' },
});
