import { tryClaim } from '../../trying.ts';

tryClaim({
  claim: 'never-backwards',
  schedules: 150,
  reached: { 'view-started': 50, 'message-outlives-sender': 20 },
  brokenBy: { ablation: 'view-not-durable', replicas: 3, mode: 'durable' },
});
