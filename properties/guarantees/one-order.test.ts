import { tryClaim } from '../trying.ts';

tryClaim({
  claim: 'one-order',
  schedules: 150,
  reached: { answered: 200, 'view-started': 50, 'commit-without-all': 50 },
  brokenBy: { ablation: 'prepare-adopts-view', replicas: 3, mode: 'diskless' },
});
