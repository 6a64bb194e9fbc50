import { tryClaim } from '../../trying.ts';

tryClaim({
  claim: 'within-bounds',
  schedules: 150,
  reached: { answered: 200, 'view-started': 50 },
  brokenBy: { ablation: 'commit-past-log', replicas: 3, mode: 'durable' },
});
