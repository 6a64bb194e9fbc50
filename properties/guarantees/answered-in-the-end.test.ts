import { tryClaim } from '../trying.ts';

tryClaim({
  claim: 'answered-in-the-end',
  schedules: 150,
  reached: { 'view-change-abandoned': 20, 'client-restarted-while-waiting': 20 },
  brokenBy: { ablation: 'no-viewchange-retry', replicas: 3, mode: 'diskless' },
});
