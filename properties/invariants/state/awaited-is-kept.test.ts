import { tryProperty } from '../../trying.ts';

tryProperty({
  property: 'awaited-is-kept',
  schedules: 150,
  reached: { answered: 200, 'two-outstanding': 20 },
  brokenBy: { mutant: 'window-of-results-short', replicas: 3, mode: 'diskless' },
});
