import { always, tryExhaustible } from './exhaustible.ts';

const crash = { crashes: 1, restarts: 1 } as const;

// Larger budgets than those of exhausted.test.ts, which show most changes in the counts too.
tryExhaustible([
  {
    mode: 'diskless',
    budget: { requests: 2, timeouts: 1 },
    states: 32_541,
    transitions: 102_172,
    coverageMarks: [...always, 'suffix-discarded', 'transfer-in-view'],
  },
  {
    mode: 'durable',
    budget: { requests: 2, timeouts: 1 },
    states: 32_541,
    transitions: 102_172,
    coverageMarks: [...always, 'suffix-discarded', 'transfer-in-view'],
  },
  {
    mode: 'diskless',
    budget: { timeouts: 1, ...crash },
    states: 49_364,
    transitions: 133_549,
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
    states: 224_971,
    transitions: 734_406,
    coverageMarks: [...always, 'restart-mid-view-change', 'primary-restarted'],
  },
  {
    mode: 'durable',
    budget: { timeouts: 1, corruptions: 1, restarts: 1 },
    states: 76_020,
    transitions: 204_604,
    coverageMarks: [...always, 'corruption-found', 'corruption-repaired', 'recovery-during-view-change'],
  },
]);
