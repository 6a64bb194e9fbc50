import { tryProperty } from '../../trying.ts';

tryProperty({
  property: 'table-follows-log',
  schedules: 150,
  reached: { answered: 200, 'suffix-discarded': 1 },
  brokenBy: { mutant: 'table-not-rebuilt', replicas: 3, mode: 'durable' },
});
