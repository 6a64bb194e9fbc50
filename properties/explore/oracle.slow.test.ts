import { tryOracle } from './comparison.ts';

// More states of the kinds that oracle.test.ts compares.
tryOracle([
  ['diskless', { requests: 0, timeouts: 1 }, {}, 9111],
  ['diskless', { requests: 2 }, { clients: 2, pipeline: 1 }, 5009],
  ['durable', { corruptions: 2, restarts: 2 }, {}, 4067],
  ['diskless', { requests: 3 }, { clients: 3, replicas: 2, pipeline: 1 }, 4654],
  ['durable', { requests: 3 }, { clients: 3, replicas: 2, pipeline: 1 }, 18_679],
]);
