import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  configure,
  createReplica,
  describeReason,
  fork,
  type Input,
  keyValueService,
  Log,
  ledgerService,
  type Message,
  type Output,
  type Replica,
  step,
} from '../../impl/index.ts';
import type { Setup } from '../../models/world/world.ts';
import { asInVrr } from '../asInVrr.ts';
import { commitOf } from '../commit.ts';
import { carrying, deep, rubbish, type Spoiling, spoilings, spoilt } from './malformed.ts';
import { walk } from './walk.ts';

const types: readonly Message['type'][] = [
  ...(['REQUEST', 'PREPARE', 'PREPAREOK', 'COMMIT', 'COMMITOK', 'STARTVIEWCHANGE'] as const),
  ...(['DOVIEWCHANGE', 'STARTVIEW', 'GETSTATE', 'NEWSTATE', 'GETCHECKPOINT', 'CHECKPOINT'] as const),
  ...(['RECOVERY', 'RECOVERYRESPONSE', 'RECOVERING'] as const),
];

const setups: fc.Arbitrary<Setup> = fc.record(
  {
    replicas: fc.constantFrom(3, 3, 4, 5, 2, 1),
    mode: fc.constantFrom('diskless', 'durable'),
    clients: fc.constantFrom(1, 3),
    maxChars: fc.constant(1),
    checkpointEvery: fc.constantFrom(1, 2),
    // Replicas that recover at once send each other RECOVERING.
    overload: fc.constant(true),
  },
  { requiredKeys: ['replicas', 'mode', 'clients'] },
);

// Without its bias towards small numbers, which would take the first event again and again.
const choices = fc.noBias(fc.array(fc.nat(), { minLength: 10, maxLength: 200, size: 'max' }));

/** The number of a packet, how its message is spoilt, and the replica that receives it. */
interface Case {
  readonly packet: number;
  /** Whether it may go to any replica, and not only to its addressee. */
  readonly astray: boolean;
  /** The number of the receiver among these replicas. */
  readonly to: number;
  readonly spoiling: Spoiling;
}

const runs: fc.Arbitrary<readonly Case[]> = fc.array(
  fc.record({ packet: fc.nat(), to: fc.nat(), astray: fc.boolean(), spoiling: spoilings }),
  { minLength: 1, maxLength: 80, size: 'max' },
);

const start: Input & { readonly type: 'message' } = {
  type: 'message',
  message: commitOf(Log.empty, 0),
};

/** Gives the replica any message. */
function give(replica: Replica, message: unknown): readonly Output[] {
  const next = fork(replica);
  const outputs = step(next, carrying(start, message));
  expectHonest(replica, next, outputs);
  return outputs;
}

/** `Output` promises of "dropped" and "rejected": the state is unchanged, and there is no other output. */
function expectHonest(before: Replica, after: Replica, outputs: readonly Output[]): void {
  for (const output of outputs) {
    if (output.type !== 'dropped' && output.type !== 'rejected') continue;
    const reason = describeReason(output.reason);
    expect(reason).toMatch(/\S/);
    expect(differences(before, after), `${output.type}: ${reason}`).toEqual([]);
    // A message of the primary that brings nothing new still tells that it lives, which sets a timer.
    const others = outputs.filter(({ type }) => type !== 'timer' || output.type === 'rejected');
    expect(others, reason).toEqual([output]);
  }
}

/** The fields that changed. All values are immutable but the list of held messages, so identity decides. */
function differences(before: Replica, after: Replica): readonly string[] {
  const old: Readonly<Record<string, unknown>> = { ...before, held: undefined };
  const changed = Object.entries({ ...after, held: undefined }).filter(
    ([name, value]) => old[name] !== value,
  );
  const sameHeld =
    before.held.length === after.held.length &&
    before.held.every((held, index) => held === after.held[index]);
  return [...changed.map(([name]) => name), ...(sameHeld ? [] : ['held'])];
}

test('no malformed message makes a replica throw, and a rejected or dropped one changes nothing', () => {
  let tried = 0;
  const seen = { rejected: new Set<string>(), dropped: new Set<string>(), accepted: new Set<string>() };
  const statuses = new Set<string>();
  fc.assert(
    fc.property(setups, choices, runs, (setup, steps, given) => {
      const { replicas, packets } = walk(setup, steps);
      for (const { packet: index, to, astray, spoiling } of given) {
        const packet = packets[index % Math.max(1, packets.length)];
        const receivers = replicas.filter(({ replicaNumber }) => astray || replicaNumber === packet?.to);
        const replica = receivers[to % Math.max(1, receivers.length)];
        if (packet === undefined || replica === undefined) continue;
        tried++;
        const outputs = give(replica, spoilt(packet.message, spoiling));
        const { type } = packet.message;
        statuses.add(replica.status);
        if (outputs.some((output) => output.type === 'rejected')) seen.rejected.add(type);
        else if (outputs.some((output) => output.type === 'dropped')) seen.dropped.add(type);
        else if (spoiling.length === 0) seen.accepted.add(type);
      }
    }),
    { numRuns: 1500 },
  );
  expect(tried).toBeGreaterThan(30_000);
  expect([...seen.rejected].sort()).toEqual([...types, 'REPLY'].sort());
  expect([...seen.dropped].sort()).toEqual([...types].sort());
  expect([...seen.accepted].sort()).toEqual([...types].sort());
  expect([...statuses].sort()).toEqual(['normal', 'recovering', 'state-transfer', 'view-change']);
});

test('an input that a replica drops or rejects leaves its state unchanged', () => {
  let steps = 0;
  let idle = 0;
  fc.assert(
    fc.property(setups, choices, (setup, taken) => {
      walk(setup, taken, (before, after, outputs) => {
        if (before === undefined || after === undefined) return;
        steps++;
        if (outputs.some(({ type }) => type === 'dropped')) idle++;
        expectHonest(before, after, outputs);
      });
    }),
    { numRuns: 500 },
  );
  expect(steps).toBeGreaterThan(10_000);
  expect(idle).toBeGreaterThan(500);
});

test('a replica in any state rejects messages of any malformed shape', () => {
  let tried = 0;
  const pieces = fc.array(rubbish, { minLength: 1, maxLength: 30, size: 'max' });
  fc.assert(
    fc.property(setups, choices, pieces, (setup, steps, given) => {
      for (const replica of walk(setup, steps).replicas) {
        for (const piece of given) {
          expect(give(replica, piece)).toMatchObject([{ type: 'rejected' }]);
          tried++;
        }
      }
    }),
    { numRuns: 300 },
  );
  expect(tried).toBeGreaterThan(5_000);
});

test.each([
  ['the message', deep],
  ['its type', { type: deep, viewNumber: 0 }],
  ['an unknown message', { type: 'NEWS', viewNumber: 0, news: deep }],
  ['a number', { type: 'PREPAREOK', viewNumber: 0, opNumber: 1, replicaNumber: deep, checkpoint: null }],
  ['a client', { type: 'REQUEST', clientId: deep, session: 0, requestNumber: 1, operation: 'a' }],
  ['an operation', { type: 'REQUEST', clientId: 'c', session: 0, requestNumber: 1, operation: deep }],
  [
    'what an operation asks',
    { type: 'REQUEST', clientId: 'c', session: 0, requestNumber: 1, operation: { type: deep, key: 'a' } },
  ],
])('a value nested too deeply to be walked is rejected: %s', (_what, message) => {
  for (const service of [keyValueService, ledgerService]) {
    const replica = createReplica(configure(3, 'durable', service, asInVrr), 0);
    expect(give(replica, message)).toMatchObject([{ type: 'rejected' }]);
  }
});
