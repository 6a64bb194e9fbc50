import { tryClaim } from '../../trying.ts';

tryClaim({
  claim: 'acks-are-held',
  schedules: 150,
  reached: { answered: 200 },
  brokenBy: { ablation: 'ack-before-durable', replicas: 3, mode: 'durable' },
});
