import { tryDead, tryMissingRules } from './deadMessages.ts';

const crash = { crashes: 1, restarts: 1 } as const;

// The same for more states than dead.test.ts looks at.
tryDead([
  ['diskless', { timeouts: 1, requests: 2 }],
  ['diskless', { timeouts: 1, ...crash }],
  ['durable', { timeouts: 1, ...crash }],
  ['durable', { timeouts: 1, corruptions: 1, restarts: 1 }],
  ['durable', { timeouts: 0, corruptions: 1, crashes: 1, restarts: 2 }],
]);

tryMissingRules([['newstate-old-view', 'diskless', { requests: 2 }, 'NEWSTATE']]);
