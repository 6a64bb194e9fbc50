import type { Chronicle } from '../claims/chronicle.ts';
import { type Claims, Model, type Violation } from '../model.ts';
import { canArrive, whyNot } from '../world/enabled.ts';
import type { Implementation } from '../world/implementation.ts';
import { perform } from '../world/perform.ts';
import { transcriptService } from '../world/transcript.ts';
import { createWorld, type Setup } from '../world/world.ts';
import type { Bounds } from './bounds.ts';
import { Components, layout } from './components.ts';
import { type Effect, Effects } from './effects.ts';
import { type Move, Moves } from './moves.ts';
import { neverTaken } from './never.ts';
import { Pairs } from './pairs.ts';
import { renamingsOf } from './renaming.ts';
import { LazyWorld } from './view.ts';

/** What is left out of an exploration because it shows nothing that the rest does not show. */
export interface Reductions {
  /** Clients that differ only in their names, and what they ask for, are interchanged. */
  readonly clients: boolean;
  /** So are replicas that never lead, where nothing depends on their order. */
  readonly replicas: boolean;
  /** A message whose arrival would change nothing is left on its way, for that allows everything that losing it does. */
  readonly vain: boolean;
  /** A message that its receiver will never again take is no longer part of the state. */
  readonly dead: boolean;
}

/** Those that take nothing of the protocol for granted, as which replicas lead and which messages are taken. */
export const soundForAll: Reductions = { clients: true, replicas: false, vain: true, dead: false };

/** All of them. */
export const soundForCorrect: Reductions = { clients: true, replicas: true, vain: true, dead: true };

/** None of them. */
export const noReductions: Reductions = { clients: false, replicas: false, vain: false, dead: false };

/** What is explored. */
export interface Subject {
  readonly implementation: Implementation;
  readonly setup: Setup;
  readonly claims: Claims;
  readonly bounds: Bounds;
  readonly reductions: Reductions;
}

/** What a move led to: the next state is in `Space.next`. */
export type Step = 'impossible' | 'stepped' | Violation;

/** The states of one exploration, and the moves between them. It remembers parts and effects, but no states. */
export class Space {
  readonly components: Components;
  readonly effects: Effects;
  readonly moves: Moves;
  readonly root: Uint32Array;
  /** The state to which the last move led, with room for more packets behind it. */
  next = new Uint32Array(1024);
  /** The world of `next`, as far as it is needed to look at the last step; undefined after moves of the network. */
  after: LazyWorld | undefined;
  /** By the number of each effect: how often it came about. */
  readonly uses: number[] = [];
  private readonly subject: Subject;
  private readonly model: Model;
  /** The chronicle and the effect, to the next chronicle. */
  private readonly chronicles = new Pairs();
  /** What was spent and the kind, to what is spent then. */
  private readonly spending = new Pairs();
  /** By endpoint: its machine and the packet, to 1 where it is never taken and else 0. */
  private readonly dead: readonly Pairs[];

  constructor(subject: Subject) {
    this.subject = subject;
    const { implementation, setup, claims, bounds, reductions } = subject;
    const world = createWorld(implementation, setup, transcriptService);
    const firstAlike = reductions.replicas ? bounds.firstAlike(setup.replicas) : setup.replicas;
    this.components = new Components(world, renamingsOf(setup, { clients: reductions.clients, firstAlike }));
    this.effects = new Effects(this.components);
    this.moves = new Moves(this.components, bounds);
    this.model = new Model(world, claims);
    const spent = { counts: bounds.bounds.map(() => 0) };
    this.root = this.components.pack(world, this.model.chronicle, spent);
    this.dead = [...world.machines, ...world.clients].map(() => new Pairs());
  }

  /** Every move that the bounds and the state allow, always in the same order. `world` is the state's own. */
  movesIn(state: Uint32Array, world: LazyWorld): readonly Move[] {
    const { components, moves } = this;
    const found: Move[] = [];
    const end = state[layout.size] ?? 0;
    for (let at = components.packetsAt; at < end; at++) {
      const number = state[at] ?? 0;
      // Packets that are the same stand next to each other.
      if (at > components.packetsAt && number === state[at - 1]) continue;
      for (const move of moves.ofPacket(number)) {
        if (move.actor < 0 || canArrive(world, components.packets.at(number))) this.offer(state, move, found);
      }
    }
    for (let replica = 0; replica < components.machines.length; replica++) {
      for (const move of moves.ofMachine(world, replica, state[layout.machines + replica] ?? 0)) {
        if (move.event.type !== 'crash' || whyNot(world, move.event) === undefined)
          this.offer(state, move, found);
      }
    }
    for (let client = 0; client < components.clients.length; client++) {
      for (const move of moves.ofClient(world, client, state[components.clientsAt + client] ?? 0))
        this.offer(state, move, found);
    }
    for (const move of moves.ofNetwork) {
      if (whyNot(world, move.event) === undefined) this.offer(state, move, found);
    }
    return found;
  }

  /** Makes one of these moves. What comes of it is in `next`, unless it is impossible after all or breaks a claim. */
  take(state: Uint32Array, world: LazyWorld, move: Move): Step {
    return move.actor < 0 ? this.takeQuietly(state, move) : this.takeStep(state, world, move);
  }

  /** The chronicle of a state. */
  chronicleOf(state: Uint32Array): Chronicle {
    return this.components.chronicles.at(state[layout.chronicle] ?? 0);
  }

  private takeStep(state: Uint32Array, world: LazyWorld, move: Move): Step {
    const { bounds, reductions } = this.subject;
    const effect = this.effects.of(state, move);
    this.uses[effect.number] = (this.uses[effect.number] ?? 0) + 1;
    if (effect.viewNumber > bounds.views) return 'impossible';
    if (effect.vain && reductions.vain && move.packet !== undefined) return 'impossible';
    const chronicle = this.judge(state, world, move, effect);
    if (typeof chronicle !== 'number') return chronicle;
    this.write(state, move, effect, chronicle);
    return 'stepped';
  }

  /** The number of the next chronicle, or the claim that was broken. */
  private judge(state: Uint32Array, before: LazyWorld, { actor }: Move, effect: Effect): number | Violation {
    const { components, model } = this;
    const number = state[layout.chronicle] ?? 0;
    model.chronicle = components.chronicles.at(number);
    const { machines } = components;
    const after = new LazyWorld(
      components.common,
      actor < machines.length
        ? before.machines.with(actor, components.machineParts(actor).at(effect.next))
        : before.machines,
      actor < machines.length
        ? before.clients
        : before.clients.with(
            actor - machines.length,
            components.clientParts(actor - machines.length).at(effect.next),
          ),
      before,
      () => components.packetsOf(this.next),
      effect.last,
    );
    this.after = after;
    const violation = model.follow(before, after);
    if (violation !== undefined) return violation;
    const known = this.chronicles.get(number, effect.number);
    if (known >= 0) return known;
    const next = components.chronicles.numberOf(model.chronicle);
    this.chronicles.set(number, effect.number, next);
    return next;
  }

  private write(state: Uint32Array, move: Move, effect: Effect, chronicle: number): void {
    const { components } = this;
    const size = state[layout.size] ?? 0;
    if (size + effect.sent.length > this.next.length)
      this.next = new Uint32Array(2 * (size + effect.sent.length));
    const { next } = this;
    for (let at = 0; at < components.packetsAt; at++) next[at] = state[at] ?? 0;
    next[layout.machines + move.actor] = effect.next;
    next[layout.chronicle] = chronicle;
    next[layout.spent] = this.spent(state, move.kind);
    let end = components.packetsAt;
    let taken = move.packet === undefined;
    for (let at = components.packetsAt; at < size; at++) {
      const packet = state[at] ?? 0;
      if (!taken && packet === move.packet) taken = true;
      else if (!this.isDead(move.actor, effect.next, packet)) next[end++] = packet;
    }
    for (const packet of effect.sent) {
      const { to } = components.packets.at(packet);
      if (this.isDead(to, next[layout.machines + to] ?? 0, packet)) continue;
      end = insert(next, components.packetsAt, end, packet);
    }
    next[layout.size] = end;
  }

  /** Whether the packet is addressed to this endpoint, which will never take it. */
  private isDead(endpoint: number, machine: number, packet: number): boolean {
    const known = this.dead[endpoint];
    const { to } = this.components.packets.at(packet);
    if (!this.subject.reductions.dead || to !== endpoint || known === undefined) return false;
    const found = known.get(machine, packet);
    if (found >= 0) return found === 1;
    const { components } = this;
    const size = components.machines.length;
    const dead = neverTaken(
      components.packets.at(packet),
      endpoint < size
        ? components.machineParts(endpoint).at(machine)
        : components.clientParts(endpoint - size).at(machine),
    );
    known.set(machine, packet, dead ? 1 : 0);
    return dead;
  }

  /** A move of the network: nobody is stepped, and nobody can tell. */
  private takeQuietly(state: Uint32Array, move: Move): Step {
    const { components } = this;
    const before = components.unpack(state);
    const spent = components.spent.at(this.spent(state, move.kind));
    const next = components.pack(perform(before, move.event), this.chronicleOf(state), spent);
    if (next.length > this.next.length) this.next = new Uint32Array(2 * next.length);
    this.next.set(next);
    this.after = undefined;
    return 'stepped';
  }

  /** Adds the move to those found, if there is something left of its kind. */
  private offer(state: Uint32Array, move: Move, found: Move[]): void {
    const { kind } = move;
    const { counts } = this.components.spent.at(state[layout.spent] ?? 0);
    if (kind < 0 || (counts[kind] ?? 0) < (this.subject.bounds.bounds[kind]?.most ?? 0)) found.push(move);
  }

  /** The number of what is spent after one more event of the kind. */
  private spent(state: Uint32Array, kind: number): number {
    const number = state[layout.spent] ?? 0;
    if (kind < 0) return number;
    const known = this.spending.get(number, kind);
    if (known >= 0) return known;
    const { counts } = this.components.spent.at(number);
    const next = this.components.spent.numberOf({ counts: counts.with(kind, (counts[kind] ?? 0) + 1) });
    this.spending.set(number, kind, next);
    return next;
  }
}

/** Inserts a number into the ascending words from `start` to `end`. Yields the new end. */
function insert(words: Uint32Array, start: number, end: number, number: number): number {
  let at = end;
  for (; at > start && (words[at - 1] ?? 0) > number; at--) words[at] = words[at - 1] ?? 0;
  words[at] = number;
  return end + 1;
}
