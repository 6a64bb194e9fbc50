import { tryClaim } from '../../trying.ts';

tryClaim({
  claim: 'log-stays',
  schedules: 150,
  reached: { answered: 200, 'startview-repeated': 20, 'view-started': 50 },
  brokenBy: { ablation: 'startview-reapplied', replicas: 3, mode: 'durable' },
});
