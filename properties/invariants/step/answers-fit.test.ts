import { tryClaim } from '../../trying.ts';

tryClaim({
  claim: 'answers-fit',
  schedules: 150,
  reached: { 'view-started': 50 },
  brokenBy: { ablation: 'dvc-counts-messages', replicas: 3, mode: 'durable' },
});
