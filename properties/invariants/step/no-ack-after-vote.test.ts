import { tryClaim } from '../../trying.ts';

tryClaim({
  claim: 'no-ack-after-vote',
  schedules: 150,
  reached: { 'view-started': 50, 'message-outlives-sender': 20 },
  brokenBy: { ablation: 'prepare-old-view', replicas: 3, mode: 'diskless' },
});
