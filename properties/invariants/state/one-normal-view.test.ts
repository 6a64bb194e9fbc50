import { tryClaim } from '../../trying.ts';

tryClaim({
  claim: 'one-normal-view',
  schedules: 150,
  reached: { 'view-change-abandoned': 20 },
  brokenBy: { ablation: 'no-viewchange-retry', replicas: 3, mode: 'durable' },
});
