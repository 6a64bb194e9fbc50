import { tryClaim } from '../../trying.ts';

tryClaim({
  claim: 'never-throws',
  schedules: 150,
  reached: { answered: 200, 'view-started': 50 },
  brokenBy: { ablation: 'prepare-adopts-view', replicas: 3, mode: 'durable' },
});
