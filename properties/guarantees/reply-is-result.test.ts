import { tryClaim } from '../trying.ts';

tryClaim({
  claim: 'reply-is-result',
  schedules: 150,
  reached: { answered: 200, 'answered-from-table': 10 },
  brokenBy: { ablation: 'client-accepts-any-reply', replicas: 3, mode: 'durable' },
});
