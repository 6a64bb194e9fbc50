import { tryClaim } from '../../trying.ts';

tryClaim({
  claim: 'checkpoints-are-equal',
  schedules: 150,
  reached: { answered: 200, 'log-compacted': 100, 'checkpoint-for-later-view': 1 },
  brokenBy: { ablation: 'checkpoint-misnumbered', replicas: 3, mode: 'durable' },
});
