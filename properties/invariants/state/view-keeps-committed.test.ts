import { tryProperty } from '../../trying.ts';

tryProperty({
  property: 'view-keeps-committed',
  schedules: 150,
  reached: { answered: 200, 'uncommitted-suffix-carried': 20 },
  brokenBy: { mutant: 'longest-log-wins', replicas: 3, mode: 'durable' },
});
