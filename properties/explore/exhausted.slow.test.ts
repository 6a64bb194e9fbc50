import { always, tryExhaustible } from './exhaustible.ts';

const crash = { crashes: 1, restarts: 1 } as const;

// Larger budgets than those of exhausted.test.ts, which show most changes in the counts too.
tryExhaustible([
  {
    mode: 'diskless',
    budget: { requests: 2, timeouts: 1 },
    states: 23_124,
    transitions: 70_965,
    coverageMarks: [...always, 'suffix-discarded', 'transfer-in-view'],
  },
  {
    mode: 'durable',
    budget: { requests: 2, timeouts: 1 },
    states: 23_124,
    transitions: 70_965,
    coverageMarks: [...always, 'suffix-discarded', 'transfer-in-view'],
  },
  {
    mode: 'diskless',
    budget: { timeouts: 1, ...crash },
    states: 28_269,
    transitions: 73_434,
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
    states: 84_072,
    transitions: 270_342,
    coverageMarks: [...always, 'restart-mid-view-change', 'primary-restarted'],
  },
  {
    mode: 'durable',
    budget: { timeouts: 1, corruptions: 1, restarts: 1 },
    states: 35_167,
    transitions: 93_986,
    coverageMarks: [...always, 'corruption-found', 'corruption-repaired', 'recovery-during-view-change'],
  },
]);
