import { tryClaim } from '../../trying.ts';

tryClaim({
  claim: 'votes-are-own',
  schedules: 150,
  reached: { 'view-started': 50 },
  brokenBy: { ablation: 'lnv-from-log-tail', replicas: 3, mode: 'durable' },
});
