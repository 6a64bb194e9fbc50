import { tryDead, tryMissingRules } from './deadMessages.ts';

tryDead([
  ['diskless', { timeouts: 1 }],
  ['durable', { timeouts: 1 }],
]);

tryMissingRules([
  ['prepare-old-view', 'diskless', {}, 'PREPARE'],
  ['client-accepts-any-reply', 'durable', { requests: 2, timeouts: 0, clientRestarts: 1 }, 'REPLY'],
  ['startview-reapplied', 'diskless', {}, 'STARTVIEW'],
  ['startview-old-view', 'diskless', { requests: 0, timeouts: 2 }, 'STARTVIEW'],
]);
