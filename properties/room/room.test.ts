import { describe, expect, it } from 'vitest';
import { planOf } from '../../models/room/plan.ts';
import { allFaults } from '../../models/room/roomTrace.ts';
import { runRoom } from '../../models/room/runRoom.ts';
import { caught, shellMutant } from './shellMutants.ts';

/** Ten times what a run takes on a quiet machine: no test may fail because the machine is busy. */
const generous = 300_000;

const usual = { replicas: 3, clients: 3, duration: 120_000, pause: 1_000, faults: allFaults } as const;

describe('a run in the machine room', () => {
  it(
    'is the same for the same seed, event by event, and another for another',
    async () => {
      const [one, same, other] = [
        await runRoom(planOf({ ...usual, seed: 1 })),
        await runRoom(planOf({ ...usual, seed: 1 })),
        await runRoom(planOf({ ...usual, seed: 2 })),
      ];
      expect({ ...same, history: same.history.length }).toEqual({ ...one, history: one.history.length });
      expect(same.history).toEqual(one.history);
      expect(other.digest).not.toBe(one.digest);
    },
    generous,
  );

  it.each([
    ['three replicas', { seed: 3 }],
    ['three replicas over links that are all alike', { seed: 12, isRegular: true }],
    ['five replicas', { seed: 4, replicas: 5 }],
    ['two replicas', { seed: 5, replicas: 2 }],
    ['clients in a hurry', { seed: 6, pause: 100, duration: 60_000 }],
  ])(
    'of %s with every kind of fault keeps its promise',
    async (_, options) => {
      const { violations, outcomes, struck } = await runRoom(planOf({ ...usual, ...options }));
      expect(violations).toEqual([]);
      expect(outcomes.get('read ok')).toBeGreaterThan(10);
      expect(outcomes.get('write ok')).toBeGreaterThan(10);
      expect(struck.size).toBeGreaterThan(8);
    },
    generous,
  );
});

it(
  'the shell that takes silence for rest breaks a property in the room, and the real one does not',
  async () => expect(await caught(shellMutant('silence-taken-for-rest'))).toBe('answered-in-time'),
  generous,
);
