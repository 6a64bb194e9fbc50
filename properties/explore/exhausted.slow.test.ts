import { always, tryExhaustible } from './exhaustible.ts';

const crash = { crashes: 1, restarts: 1 } as const;

// Larger budgets than those of exhausted.test.ts, which show most changes in the counts too.
tryExhaustible([
  {
    mode: 'diskless',
    budget: { requests: 2, timeouts: 1 },
    states: 33_563,
    transitions: 105_659,
    coverageMarks: [...always, 'suffix-discarded', 'transfer-in-view'],
  },
  {
    mode: 'durable',
    budget: { requests: 2, timeouts: 1 },
    states: 33_563,
    transitions: 105_659,
    coverageMarks: [...always, 'suffix-discarded', 'transfer-in-view'],
  },
  {
    mode: 'diskless',
    budget: { timeouts: 1, ...crash },
    states: 51_586,
    transitions: 141_869,
    coverageMarks: [
      ...always,
      'recovery-completed',
      'recovery-during-view-change',
      'message-outlives-sender',
    ],
  },
  {
    mode: 'durable',
    budget: { timeouts: 1, ...crash },
    states: 248_847,
    transitions: 829_038,
    coverageMarks: [...always, 'restart-mid-view-change', 'primary-restarted'],
  },
  {
    mode: 'durable',
    budget: { timeouts: 1, corruptions: 1, restarts: 1 },
    states: 78_583,
    transitions: 212_322,
    coverageMarks: [...always, 'corruption-found', 'corruption-repaired', 'recovery-during-view-change'],
  },
]);
