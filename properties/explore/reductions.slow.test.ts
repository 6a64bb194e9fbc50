import { noReductions, soundForCorrect } from '../../models/explore/reductions/reductions.ts';
import { tryReductions } from './standings.ts';

const all = Object.keys(soundForCorrect);
const crash = { crashes: 1, restarts: 1 } as const;
/** Replicas 1 and 2 are interchangeable, because only replica 0 is ever primary. */
const corruption = { corruptions: 1, restarts: 1, views: 0 } as const;

// More of the state than reductions.test.ts looks at, for the same reductions.
tryReductions([
  [['noOp'], 'diskless', { requests: 0, timeouts: 1 }, { replicas: 3 }],
  [['dead'], 'durable', { timeouts: 1, ...crash }, { replicas: 2 }],
  [['dead'], 'diskless', { requests: 0, timeouts: 1 }, { replicas: 3 }],
  [['unread'], 'durable', { timeouts: 2 }, { replicas: 2 }],
  [['unread'], 'diskless', { requests: 0, timeouts: 1 }, { replicas: 3 }],
  [['eager'], 'durable', { timeouts: 1, ...crash }, { replicas: 2 }],
  [['eager', 'unread'], 'durable', { timeouts: 1, requests: 2 }, { replicas: 2, clients: 2 }],
  [all, 'durable', { timeouts: 1, requests: 2 }, { replicas: 2, clients: 2 }],
  [all, 'durable', { ...corruption, crashes: 1, restarts: 2 }, {}],
  [all, 'durable', { ...corruption, timeouts: 1, timers: ['heartbeat'] }, {}],
  [all, 'diskless', { timeouts: 1 }, { reductions: { ...noReductions, noOp: true } }],
  [all, 'diskless', { requests: 0, timeouts: 1, ...crash }, { reductions: { ...noReductions, noOp: true } }],
]);
