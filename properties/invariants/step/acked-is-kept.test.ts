import { tryClaim } from '../../trying.ts';

tryClaim({
  claim: 'acked-is-kept',
  schedules: 150,
  reached: { answered: 200 },
  brokenBy: { ablation: 'prepare-before-startview', replicas: 3, mode: 'diskless' },
});
