import { tryClaim } from '../trying.ts';

tryClaim({
  claim: 'all-or-none',
  schedules: 150,
  reached: { answered: 200, 'view-started': 50 },
  brokenBy: { ablation: 'recovery-no-retry', replicas: 3, mode: 'diskless' },
});
