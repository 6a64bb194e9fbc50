import { expect, test } from 'vitest';
import type { StorageMode } from '../../impl/index.ts';
import type { Budget } from '../../models/explore/budget/budget.ts';
import { isAnswered } from '../../models/explore/reductions/deadness.ts';
import { noReductions } from '../../models/explore/reductions/reductions.ts';
import { Space } from '../../models/explore/space/space.ts';
import type { ExplorationSubject } from '../../models/explore/space/subject.ts';
import { type Components, layout } from '../../models/explore/states/components.ts';
import {
  essentialOfClient,
  essentialOfMachine,
  essentialOfPromise,
} from '../../models/explore/states/essential.ts';
import { canonicalText, type Renaming } from '../../models/explore/states/renaming.ts';
import { StateWorld } from '../../models/explore/states/view.ts';
import { subjectOf } from './counting.ts';

/** A state without its packets, as a text that no renaming changes. */
function standing(
  components: Components,
  renamings: readonly Renaming[],
  state: Uint32Array,
  forgets: boolean,
): string {
  const { machines, clients } = new StateWorld(components, state);
  const spent = state[layout.spent] ?? 0;
  const left = components.remaining(spent);
  const told = components.ghostStates.at(state[layout.ghostState] ?? 0);
  // Acknowledgements are left out: a write that is durable at once is acknowledged before a view change can withdraw it.
  const ghostState = {
    ...told,
    sent: told.sent.map(({ votedView: voted, latestView: spoke }) => ({ voted, spoke })),
  };
  const texts = renamings.map((renaming) => {
    const text = (value: object) => canonicalText(value, renaming);
    return [
      ...machines.map(
        (machine, index) =>
          `r${renaming.replicas[index]} ${text(forgets ? essentialOfMachine(machine, left) : machine)}`,
      ),
      ...clients.map(
        (machine, index) =>
          `c${renaming.clients[index]} ${text(forgets ? essentialOfClient(machine, left) : machine)}`,
      ),
      text(forgets ? { ...ghostState, promised: essentialOfPromise(ghostState.promised) } : ghostState),
      text(components.spent.at(spent)),
    ]
      .sort()
      .join('\n');
  });
  return texts.sort()[0] ?? '';
}

/** Whether every write is durable and no reply is under way to a client that waits for it. */
function isAtRest(components: Components, state: Uint32Array): boolean {
  const { machines, clients, packets } = new StateWorld(components, state);
  if (machines.some(({ replica, disk }) => replica !== undefined && disk.unsynced.length > 0)) return false;
  if (components.remaining(state[layout.spent] ?? 0).requests) return true;
  return packets.every(({ message, to }) => {
    const client = clients[to - machines.length];
    return message.type !== 'REPLY' || client === undefined || isAnswered(message, client);
  });
}

interface Look {
  /** Whether state that no future step reads is left out. */
  readonly forgets: boolean;
  /** Whether only groups at rest are compared: a dead message may still wait for a write. */
  readonly atRest: boolean;
}

/** How all replicas and clients may stand to each other, up to these renamings, and how many states that is. */
function reachable(subject: ExplorationSubject, { forgets, atRest }: Look, renamings?: readonly Renaming[]) {
  const space = new Space(subject);
  const { components } = space;
  const seen = new Set<string>();
  const standings = new Set<string>();
  const todo = [space.root];
  for (let state = todo.pop(); state !== undefined; state = todo.pop()) {
    const low = components.hashOf(state);
    const key = `${low} ${components.high}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (!atRest || isAtRest(components, state))
      standings.add(standing(components, renamings ?? components.renamings, state, forgets));
    for (const move of space.movesIn(state)) {
      const step = space.take(state, move);
      if (step === 'stepped') todo.push(space.next.slice(0, space.next[layout.size]));
      else expect(step).toBe('impossible');
    }
  }
  return { states: seen.size, standings, renamings: components.renamings };
}

/** Which reductions, and where: bounds small enough to be explored without any reduction. */
export type ReductionBound = readonly [
  readonly string[],
  StorageMode,
  Partial<Budget>,
  Parameters<typeof subjectOf>[2],
];

/** Within each bound the reductions leave out states, and change no way in which replicas and clients can stand to each other. */
export function tryReductions(bounds: readonly ReductionBound[]): void {
  test.each(bounds)(
    'the reductions %j leave out states, and no way in which the group can stand: %s, %j, %j',
    async (names, mode, budget, group) => {
      const look = {
        forgets: names.some((name) => name !== 'clients' && name !== 'replicas'),
        atRest: names.includes('eager') || names.includes('dead'),
      };
      const known = { ...noReductions, ...group?.reductions };
      const chosen = Object.fromEntries(names.map((name) => [name, true]));
      const reduced = reachable(
        await subjectOf(mode, budget, { ...group, reductions: { ...known, ...chosen } }),
        look,
      );
      const whole = reachable(
        await subjectOf(mode, budget, { ...group, reductions: known }),
        look,
        reduced.renamings,
      );
      expect(reduced.states).toBeLessThan(whole.states);
      const missing = [...whole.standings].filter((one) => !reduced.standings.has(one));
      const invented = [...reduced.standings].filter((one) => !whole.standings.has(one));
      expect({ missing: missing.length, invented: invented.length }).toEqual({ missing: 0, invented: 0 });
    },
  );
}
