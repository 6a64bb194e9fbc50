import { tryClaim } from '../trying.ts';

tryClaim({
  claim: 'nothing-invented',
  schedules: 150,
  reached: { answered: 200, 'client-restarted-while-waiting': 20 },
  brokenBy: { ablation: 'forward-loses-operation', replicas: 3, mode: 'durable' },
});
