import { tryClaim } from '../trying.ts';

tryClaim({
  claim: 'linearizable',
  schedules: 150,
  reached: { answered: 200, 'view-started': 50 },
  brokenBy: { ablation: 'commit-quorum-short', replicas: 3, mode: 'durable' },
});
