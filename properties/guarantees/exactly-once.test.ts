import { tryClaim } from '../trying.ts';

tryClaim({
  claim: 'exactly-once',
  schedules: 150,
  reached: { answered: 200, 'repetition-while-running': 50, 'view-started': 50 },
  brokenBy: { ablation: 'no-dedupe', replicas: 3, mode: 'durable' },
});
