import { tryProperty } from '../trying.ts';

tryProperty({
  property: 'one-order',
  schedules: 150,
  reached: { answered: 200, 'view-started': 50, 'commit-without-all': 50 },
  brokenBy: { mutant: 'prepare-adopts-view', replicas: 3, mode: 'diskless' },
});
