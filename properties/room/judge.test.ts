import { expect, it } from 'vitest';
import type { HistoryEvent } from '../../models/histories/events/event.ts';
import { Chance } from '../../models/processes/chance.ts';
import {
  attemptViolations,
  boundViolations,
  historyViolations,
  logViolations,
} from '../../models/room/judge.ts';
import { Machine } from '../../models/room/machine.ts';
import { RoomNetwork } from '../../models/room/network.ts';
import { planOf } from '../../models/room/plan.ts';
import { runRoom } from '../../models/room/runRoom.ts';
import { shellWith } from '../../models/room/shell.ts';
import { RoomTime } from '../../models/room/time.ts';

function history(...events: readonly Pick<HistoryEvent, 'process' | 'type' | 'f' | 'value'>[]) {
  return events.map((event, index): HistoryEvent => ({ ...event, index, time: index }));
}

const written = [
  { process: 0, type: 'invoke', f: 'write', value: ['k', 1] },
  { process: 0, type: 'ok', f: 'write', value: ['k', 1] },
  { process: 1, type: 'invoke', f: 'read', value: ['k', null] },
] as const;

it('The judge of a history reports a write that was acknowledged and is not found', () => {
  const found = (value: number | null) =>
    historyViolations(history(...written, { process: 1, type: 'ok', f: 'read', value: ['k', value] }));
  expect(found(1)).toEqual([]);
  expect(found(null)).toEqual(['Key "k": no order explains what clients saw.']);
});

it('The judge of bounds reports lines, connections and timers of which there are too many', () => {
  const time = new RoomTime();
  const network = new RoomNetwork(time, new Chance(1, 'network'));
  expect(logViolations([210], 10_000, 0)).toEqual([]);
  expect(logViolations([211], 10_000, 0)).toEqual(['r0 logged 211 lines in 10000 ms.']);
  expect(logViolations([0, 215], 10_000, 1)).toEqual([]);
  const machine = new Machine('m', time, 1);
  network.add(machine);
  const process = machine.start();
  for (let count = 0; count < 101; count++) process.clock.after(1_000, () => undefined);
  for (let count = 0; count < 5; count++)
    network.seenBy(process).connect({ host: 'nowhere', port: 1 }, undefined);
  const usualCluster = { connectionLimits: { frame: 1, queue: 1_000 } };
  machine.mostWaiting = 1_001;
  const crowded = {
    network,
    replicas: [{ machine, disk: { openBy: () => 11 }, usualCluster }],
    programs: [],
  };
  expect(boundViolations(crowded, 10_000, 50)).toEqual([
    'm has 5 connections.',
    'm has 101 timers.',
    'm has 11 files open.',
    '1001 bytes waited for one connection of m.',
  ]);
});

it('The judge of bounds reports a machine that tries to connect too often', () => {
  expect(attemptViolations(new Map([['m', 3 * (4 * 10 + 5 * 2)]]), 3, 10, 1)).toEqual([]);
  expect(attemptViolations(new Map([['m', 151]]), 3, 10, 1)).toEqual([
    'm tried 151 times to connect in 10 ticks.',
  ]);
});

it('A run reports a promise that is rejected and not handled', async () => {
  const shell = await shellWith('unhandled', [
    {
      file: 'node/driver/replicaDriver.ts',
      find: "this.take({ type: 'durable', write: issued });",
      replace: "this.take({ type: 'durable', write: issued }); void Promise.reject(new Error('forgotten'));",
    },
  ]);
  const plan = planOf({ seed: 2, replicas: 1, clients: 1, duration: 1, faults: [] });
  const { violations } = await runRoom(plan, { shell });
  const text = 'A promise was rejected, and not handled: Error: forgotten';
  expect(violations).toContainEqual({ property: 'promises-handled', text });
}, 300_000);
