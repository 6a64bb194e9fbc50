import { tryClaim } from '../../trying.ts';

tryClaim({
  claim: 'log-reaches-back',
  schedules: 150,
  reached: { answered: 200, 'log-compacted': 100, 'checkpoint-for-later-view': 1 },
  brokenBy: { ablation: 'gc-no-slack', replicas: 3, mode: 'durable' },
});
