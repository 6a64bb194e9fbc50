import { expect, test } from 'vitest';
import type { StorageMode } from '../../impl/index.ts';
import type { GhostState } from '../../models/checking/ghost/ghostState.ts';
import type { Remaining } from '../../models/explore/budget/bounds.ts';
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

/** Every text that a part of a group was given, with a number for it. Comparing numbers is fast. */
const numbers = new Map<string, number>();

function numberOf(text: string): number {
  const known = numbers.get(text) ?? numbers.size;
  numbers.set(text, known);
  return known;
}

/** The numbers of the texts of all parts of a state but its packets, which are made once for each part. */
class Standings {
  private readonly components: Components;
  private readonly renamings: readonly Renaming[];
  private readonly forgets: boolean;
  /** By what may still happen: by part, by renaming. */
  private readonly known = new Map<Remaining, Map<object, readonly number[]>>();

  constructor(components: Components, renamings: readonly Renaming[], forgets: boolean) {
    this.components = components;
    this.renamings = renamings;
    this.forgets = forgets;
  }

  /** How all replicas and clients stand to each other, as a text that no renaming changes. */
  of(state: Uint32Array): string {
    const { components, forgets } = this;
    const { machines, clients } = new StateWorld(components, state);
    const spent = state[layout.spent] ?? 0;
    const left = components.remaining(spent);
    const parts = [
      ...machines.map((machine, index) =>
        this.numbersOf(
          machine,
          left,
          ({ replicas }) => `r${replicas[index]}`,
          () => (forgets ? essentialOfMachine(machine, left) : machine),
        ),
      ),
      ...clients.map((machine, index) =>
        this.numbersOf(
          machine,
          left,
          (renaming) => `c${renaming.clients[index]}`,
          () => (forgets ? essentialOfClient(machine, left) : machine),
        ),
      ),
    ];
    const told = components.ghostStates.at(state[layout.ghostState] ?? 0);
    parts.push(
      this.numbersOf(
        told,
        left,
        () => 'g',
        () => this.ghostStateSeen(told),
      ),
    );
    const { counts } = components.spent.at(spent);
    parts.push(
      this.numbersOf(
        counts,
        left,
        () => 'b',
        () => counts,
      ),
    );
    const texts = this.renamings.map((_, renaming) =>
      parts
        .map((ofPart) => ofPart[renaming] ?? -1)
        .sort((one, other) => one - other)
        .join(' '),
    );
    return texts.sort()[0] ?? '';
  }

  private numbersOf(
    part: object,
    left: Remaining,
    tag: (renaming: Renaming) => string,
    seen: () => object,
  ): readonly number[] {
    const ofLeft = this.known.get(left) ?? new Map<object, readonly number[]>();
    this.known.set(left, ofLeft);
    const known =
      ofLeft.get(part) ??
      this.renamings.map((renaming) => numberOf(`${tag(renaming)} ${canonicalText(seen(), renaming)}`));
    ofLeft.set(part, known);
    return known;
  }

  /** Acknowledgements are left out: a write that is durable at once is acknowledged before a view change can withdraw it. */
  private ghostStateSeen(told: GhostState): object {
    const sent = told.sent.map(({ votedView: voted, latestView: spoke }) => ({ voted, spoke }));
    return { ...told, sent, ...(this.forgets && { promised: essentialOfPromise(told.promised) }) };
  }
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
  const met = new Standings(components, renamings ?? components.renamings, forgets);
  const standings = new Set<string>();
  const todo = [space.root];
  for (let state = todo.pop(); state !== undefined; state = todo.pop()) {
    const low = components.hashOf(state);
    const key = `${low} ${components.high}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (!atRest || isAtRest(components, state)) standings.add(met.of(state));
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
