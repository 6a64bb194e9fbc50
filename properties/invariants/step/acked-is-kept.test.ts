import { tryProperty } from '../../trying.ts';

tryProperty({
  property: 'acked-is-kept',
  schedules: 150,
  reached: { answered: 200 },
  brokenBy: { mutant: 'prepare-before-startview', replicas: 3, mode: 'diskless' },
});
