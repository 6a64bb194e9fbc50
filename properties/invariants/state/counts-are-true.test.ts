import { tryClaim } from '../../trying.ts';

tryClaim({
  claim: 'counts-are-true',
  schedules: 150,
  reached: { answered: 200 },
  brokenBy: { ablation: 'count-acks-not-senders', replicas: 3, mode: 'durable' },
});
