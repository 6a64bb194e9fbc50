import { tryProperty } from '../../trying.ts';

tryProperty({
  property: 'one-start-per-view',
  schedules: 150,
  reached: { 'late-vote-answered': 20, 'view-started': 50 },
  brokenBy: { mutant: 'late-vote-cut-at-commit', replicas: 3, mode: 'durable' },
});
