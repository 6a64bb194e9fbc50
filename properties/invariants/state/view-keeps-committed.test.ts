import { tryClaim } from '../../trying.ts';

tryClaim({
  claim: 'view-keeps-committed',
  schedules: 150,
  reached: { answered: 200, 'uncommitted-suffix-carried': 20 },
  brokenBy: { ablation: 'longest-log-wins', replicas: 3, mode: 'durable' },
});
