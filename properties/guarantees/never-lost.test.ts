import { tryProperty } from '../trying.ts';

tryProperty({
  property: 'never-lost',
  schedules: 150,
  reached: { answered: 200, 'uncommitted-suffix-carried': 20, 'suffix-discarded': 1 },
  brokenBy: { mutant: 'lnv-raised-on-getstate', replicas: 3, mode: 'durable' },
});
