import { tryClaim } from '../trying.ts';

tryClaim({
  claim: 'acked-is-kept',
  schedules: 150,
  reached: { answered: 200 },
  brokenBy: { ablation: 'recovery-old-answers', replicas: 3, mode: 'diskless' },
});
