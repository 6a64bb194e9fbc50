import { tryProperty } from '../trying.ts';

tryProperty({
  property: 'all-or-none',
  schedules: 150,
  reached: { answered: 200, 'view-started': 50 },
  brokenBy: { mutant: 'recovery-no-retry', replicas: 3, mode: 'diskless' },
});
