import { tryClaim } from '../../trying.ts';

tryClaim({
  claim: 'awaited-is-kept',
  schedules: 150,
  reached: { answered: 200, 'two-outstanding': 20 },
  brokenBy: { ablation: 'window-of-results-short', replicas: 3, mode: 'diskless' },
});
