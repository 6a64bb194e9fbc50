import { tryClaim } from '../../trying.ts';

tryClaim({
  claim: 'one-start-per-view',
  schedules: 150,
  reached: { 'late-vote-answered': 20, 'view-started': 50 },
  brokenBy: { ablation: 'late-vote-cut-at-commit', replicas: 3, mode: 'durable' },
});
