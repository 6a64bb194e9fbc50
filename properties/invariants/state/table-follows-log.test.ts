import { tryClaim } from '../../trying.ts';

tryClaim({
  claim: 'table-follows-log',
  schedules: 150,
  reached: { answered: 200, 'suffix-discarded': 1 },
  brokenBy: { ablation: 'table-not-rebuilt', replicas: 3, mode: 'durable' },
});
