import { tryClaim } from '../../trying.ts';

tryClaim({
  claim: 'same-view-same-log',
  schedules: 150,
  reached: { 'view-started': 50, 'suffix-discarded': 1 },
  brokenBy: { ablation: 'prepare-adopts-view', replicas: 3, mode: 'durable' },
});
