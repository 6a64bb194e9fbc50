import { tryClaim } from '../../trying.ts';

tryClaim({
  claim: 'start-is-held',
  schedules: 150,
  reached: { answered: 200, 'view-started': 50 },
  brokenBy: { ablation: 'lnv-raised-on-getstate', replicas: 3, mode: 'durable' },
});
