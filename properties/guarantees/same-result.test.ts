import { tryClaim } from '../trying.ts';

tryClaim({
  claim: 'same-result',
  schedules: 150,
  reached: { answered: 200, 'view-started': 50 },
  brokenBy: { ablation: 'replaced-log-not-executed', replicas: 3, mode: 'durable' },
});
