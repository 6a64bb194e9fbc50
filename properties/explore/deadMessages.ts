import { expect, test } from 'vitest';
import type { StorageMode } from '../../impl/index.ts';
import type { Budget } from '../../models/explore/budget/budget.ts';
import { soundForCorrect } from '../../models/explore/reductions/reductions.ts';
import { Space } from '../../models/explore/space/space.ts';
import type { ExplorationSubject } from '../../models/explore/space/subject.ts';
import { layout } from '../../models/explore/states/components.ts';
import { subjectOf } from './counting.ts';

/** The names of packets that were left out as dead, and would have been taken later. */
function misjudged(subject: ExplorationSubject): readonly string[] {
  // A packet has another number where clients are interchanged.
  const space = new Space({ ...subject, reductions: { ...soundForCorrect, clients: false } });
  const places = everyPlace(space);
  const names = new Set<string>();
  const todo = places.filter(({ unseen }) => unseen.length > 0);
  expect(todo.length).toBeGreaterThan(places.length / 4);
  for (let place = todo.pop(); place !== undefined; place = todo.pop()) {
    const { state, nexts } = place;
    const packets = place.unseen.splice(0);
    for (const packet of packets)
      if (isTaken(space, state, packet)) names.add(space.components.packets.at(packet).name);
    for (const next of nexts) {
      const isWaiting = next.unseen.length > 0;
      for (const packet of packets) leaveOut(next, packet);
      if (!isWaiting && next.unseen.length > 0) todo.push(next);
    }
  }
  return [...names];
}

/** Within these bounds a packet that is left out as dead would have changed nothing, had it arrived at any time later. */
export function tryDead(bounds: readonly (readonly [StorageMode, Partial<Budget>])[]): void {
  test.each(bounds)('a packet left out as dead brings nothing about later: %s, %j', async (mode, budget) => {
    const clients = Math.min(2, budget.requests ?? 1);
    expect(misjudged(await subjectOf(mode, budget, { clients }))).toEqual([]);
  });
}

/** Where a rule is missing, a packet of this type that is left out as dead would have been taken later. */
export type MissingRule = readonly [mutant: string, StorageMode, Partial<Budget>, type: string];

/** Each of these mutants lets replicas or clients take a message that is left out as dead. */
export function tryMissingRules(rules: readonly MissingRule[]): void {
  test.each(rules)(
    'a packet left out as dead is taken with the mutant %s',
    async (mutant, mode, budget, type) => {
      const subject = await subjectOf(mode, { timeouts: 1, ...budget }, { clients: 2, mutant });
      const names = misjudged(subject);
      expect(names.map((name) => name.split(' ')[0])).toContain(type);
    },
  );
}

/** A state, where its moves lead, and which packets were left out on the way to it. */
interface Place {
  readonly state: Uint32Array;
  readonly nexts: Place[];
  readonly leftOut: Set<number>;
  /** Those of them that were not tried here yet. */
  readonly unseen: number[];
}

function leaveOut({ leftOut, unseen }: Place, packet: number): void {
  if (leftOut.has(packet)) return;
  leftOut.add(packet);
  unseen.push(packet);
}

function everyPlace(space: Space): readonly Place[] {
  const byKey = new Map<string, Place>();
  const places: Place[] = [];
  const placeOf = (state: Uint32Array): Place => {
    const low = space.components.hashOf(state);
    const key = `${low} ${space.components.high}`;
    const known = byKey.get(key);
    if (known !== undefined) return known;
    const place: Place = { state, nexts: [], leftOut: new Set(), unseen: [] };
    byKey.set(key, place);
    places.push(place);
    return place;
  };
  placeOf(space.root);
  // The list grows while it is read.
  for (const { state: from, nexts } of places) {
    for (const move of space.movesIn(from)) {
      if (space.take(from, move) !== 'stepped') continue;
      const next = placeOf(space.next.slice(0, space.next[layout.size]));
      nexts.push(next);
      for (const { state, effect } of space.made) {
        for (let at = space.components.packetsAt; at < (state[layout.size] ?? 0); at++)
          leaveOutIfDead(space, next, state[at] ?? 0);
        for (const packet of effect?.sent ?? []) leaveOutIfDead(space, next, packet);
      }
    }
  }
  return places;
}

function leaveOutIfDead(space: Space, place: Place, packet: number): void {
  if (space.isDead(place.state, packet)) leaveOut(place, packet);
}

/** Whether the packet, if it arrived now, would change its receiver, or lead to a message that is not dead. */
function isTaken(space: Space, state: Uint32Array, packet: number): boolean {
  const { components, moves, effects } = space;
  const { to, message } = components.packets.at(packet);
  const machine = components.machinesOf(state)[to];
  // A machine that is down takes no message. One with writes that are not durable is crash-bound, and all that it sends is dead.
  if (machine !== undefined && (machine.replica === undefined || machine.disk.unsynced.length > 0))
    return false;
  const move = moves.ofPacket(packet).find(({ event }) => event.type === 'deliver');
  if (move === undefined) throw new Error('Every packet may be delivered.');
  const withPacket = Uint32Array.from([...state.slice(0, components.packetsAt), packet]);
  withPacket[layout.size] = withPacket.length;
  const { changesNothing, sent } = effects.of(withPacket, move);
  // A PREPARE may be acknowledged once more when the log has grown; but so was what made it grow.
  const answers = message.type === 'PREPARE' ? [] : sent;
  return !changesNothing || answers.some((answer) => !space.isDead(state, answer));
}
