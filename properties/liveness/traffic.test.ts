import { describe, expect, test } from 'vitest';
import type { StorageMode } from '../../impl/index.ts';
import type { Traffic } from '../../models/checking/traffic.ts';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';
import type { Implementation } from '../../models/world/implementation.ts';
import { areNormal, FairGroup } from './fairGroup.ts';

const entries = 10;
const modes: readonly StorageMode[] = ['durable', 'diskless'];
const groups = modes.flatMap((mode) => [3, 4, 5, 6, 7].map((replicas) => [replicas, mode] as const));

function requestsTo(replicas: number, mode: StorageMode, implementation?: Implementation): Traffic {
  const group = new FairGroup(replicas, mode, implementation);
  return group.traffic(() => group.request(entries));
}

/** The primary of an idle group crashes, and the others take up the next view. */
function viewChange(replicas: number, mode: StorageMode, implementation?: Implementation): Traffic {
  const group = new FairGroup(replicas, mode, implementation);
  group.request(entries);
  group.waitUntil((world) => areNormal(world, 0, entries));
  group.crash(0);
  return group.traffic(() => group.waitUntil((world) => areNormal(world, 1, entries)));
}

/** A backup misses as many entries as it has, and catches up after its restart. */
function catchingUp(replicas: number, mode: StorageMode, implementation?: Implementation): Traffic {
  const group = new FairGroup(replicas, mode, implementation);
  group.request(entries);
  group.waitUntil((world) => areNormal(world, 0, entries));
  group.crash(replicas - 1);
  group.request(entries);
  group.waitUntil((world) => areNormal(world, 0, 2 * entries));
  return group.traffic(() => {
    group.restart(replicas - 1);
    group.waitUntil((world) => areNormal(world, 0, 2 * entries));
  });
}

describe('the messages of a group of K replicas under fair scheduling', () => {
  test.each([[1, 'durable'] as const, [2, 'durable'] as const, ...groups])(
    'are 2K for a request, with K − 1 copies of its entry: K = %d, %s',
    (replicas, mode) => {
      const { messages, copies, chars, entryChars } = requestsTo(replicas, mode);
      expect(messages).toBe(2 * replicas * entries);
      expect(copies).toBe((replicas - 1) * entries);
      expect(chars).toBe((replicas - 1) * entryChars);
    },
  );

  // Each of K − 1 replicas calls the others; all but the primary vote; STARTVIEW goes to all, and again to late votes.
  test.each(groups)(
    'are at most K² for a view change, with 2K − 1 copies of the log: K = %d, %s',
    (replicas, mode) => {
      const { messages, copies } = viewChange(replicas, mode);
      expect(messages).toBeGreaterThan((replicas - 1) ** 2);
      expect(messages).toBeLessThanOrEqual(replicas ** 2);
      expect(copies).toBeLessThanOrEqual((2 * replicas - 1) * entries);
    },
  );

  // The replica acknowledges what it does not know to be committed; a heartbeat to all, which each of them answers; a
  // question, an answer, an acknowledgement.
  test.each(groups.filter(([, mode]) => mode === 'durable'))(
    'are at most 2K + 2 to catch up on entries, with one copy of each: K = %d, %s',
    (replicas, mode) => {
      const { messages, copies } = catchingUp(replicas, mode);
      expect(messages).toBeLessThanOrEqual(2 * replicas + 2);
      expect(copies).toBe(entries);
    },
  );

  // RECOVERY to all, and an answer from each.
  test.each(groups.filter(([, mode]) => mode === 'diskless'))(
    'are at most 2K − 2 to recover, with one copy of the log: K = %d, %s',
    (replicas, mode) => {
      const { messages, copies } = catchingUp(replicas, mode);
      expect(messages).toBeLessThanOrEqual(2 * replicas - 2);
      expect(copies).toBe(2 * entries);
    },
  );
});

describe('the bound is exceeded', () => {
  test('for a request, where a primary repeats its PREPARE at each acknowledgement', async () => {
    const { messages } = requestsTo(
      3,
      'durable',
      await loadImplementation(mutantNamed('ack-resends-prepare')),
    );
    expect(messages).toBeGreaterThan(2 * 3 * entries);
  });

  test('for a view change, where a replica calls for the view again whenever another does', async () => {
    const implementation = await loadImplementation([
      {
        file: 'replica/handlers/viewChange.ts',
        find: "if (replica.startViewChanges === startViewChanges) return drop(context, 'already-called');",
        replace: `if (replica.startViewChanges === startViewChanges) return drop(context, 'already-called');
  broadcastStartViewChange(context);`,
      },
    ]);
    expect(viewChange(5, 'durable', implementation).messages).toBeGreaterThan(5 ** 2);
  });

  test('for catching up, where a replica asks for its whole log', async () => {
    const implementation = await loadImplementation([
      {
        file: 'replica/transitions/transfer.ts',
        find: "const opNumber = replica.status === 'normal' ? replica.log.length : log.length;",
        replace: 'const opNumber = log.base;',
      },
    ]);
    expect(catchingUp(3, 'durable', implementation).copies).toBeGreaterThan(entries);
  });
});
