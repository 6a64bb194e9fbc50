// A project in TypeScript with Node's types and fast-check: searches a small group, and drives one in this process.
import assert from 'node:assert/strict';
import { configure, keyValueService } from 'viewstamped';
import {
  allProperties,
  boundsOf,
  counterexampleOf,
  type ExplorationSubject,
  emptyBudget,
  explore,
  type Failure,
  Hunt,
  noLimits,
  realImplementation,
  runHunt,
  scopeOf,
  soundForAll,
} from 'viewstamped/models';
import { type Cluster, clusterOf, type ServeOptions } from 'viewstamped/node';
import { LocalGroup } from 'viewstamped/testing';

const group = new LocalGroup(configure(3, 'durable', keyValueService), 5);
assert.equal(await group.request({ type: 'size' }, { deadline: 60_000 }), 0);
group.close();

const subject: ExplorationSubject = {
  implementation: realImplementation,
  setup: { replicas: 3, mode: 'durable', clients: 1 },
  properties: allProperties,
  bounds: boundsOf({ ...emptyBudget, requests: 1 }),
  reductions: soundForAll,
};
const explored = await explore(subject, noLimits);
assert.equal(explored.ending, 'exhausted');
assert.ok(explored.states > 1);

const hunt = new Hunt(subject, scopeOf({ replicas: 3, mode: 'durable', steps: 40 }), 1);
const ending = await runHunt(
  hunt,
  { seconds: 60, runs: 5 },
  () => undefined,
  () => false,
);
assert.equal(ending.type, 'runs-done');

const cluster: Cluster = clusterOf([{ host: '127.0.0.1', port: 14621 }]);
export const options: ServeOptions = { service: keyValueService, config: cluster, index: 0 };
export const stepsOf = (failure: Failure): number => counterexampleOf(failure, null, 1).steps;
console.log(`TypeScript: explored ${explored.states} states, hunted ${hunt.totals.events} events`);
