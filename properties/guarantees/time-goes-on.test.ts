import { tryClaim } from '../trying.ts';

tryClaim({
  claim: 'time-goes-on',
  schedules: 150,
  reached: { answered: 200, 'view-started': 50, 'clock-behind': 20 },
  brokenBy: { ablation: 'agreed-time-runs-back', replicas: 3, mode: 'durable' },
});
