import type { Tally } from '../../checking/coverage/tally.ts';
import type { GhostState } from '../../checking/ghost/ghostState.ts';
import { Model } from '../../checking/model.ts';
import type { Violation } from '../../checking/properties.ts';
import { disabledReason, isCut } from '../../world/enabled.ts';
import type { Packet } from '../../world/packet.ts';
import { perform } from '../../world/perform.ts';
import { transcriptService } from '../../world/transcript.ts';
import { createWorld, type World } from '../../world/world.ts';
import type { Remaining } from '../budget/bounds.ts';
import { type Move, Moves } from '../moves/moves.ts';
import { type StepEffect, StepEffects } from '../moves/stepEffects.ts';
import { DeadMessages } from '../reductions/deadMessages.ts';
import { EagerMoves } from '../reductions/eagerMoves.ts';
import { unsoundness } from '../reductions/reductions.ts';
import { Components, layout } from '../states/components.ts';
import { Pairs } from '../states/pairs.ts';
import { renamingsOf } from '../states/renaming.ts';
import { StateWorld, SteppedWorld } from '../states/view.ts';
import { JudgedSteps } from './judgedSteps.ts';
import type { ExplorationSubject } from './subject.ts';

/** The outcome of a move. After 'stepped' the next state is in `Space.next`. */
export type Step = 'impossible' | 'stepped' | Violation;

/** One move on the way from a state to the next. */
interface MadeMove {
  readonly move: Move;
  /** The state in which it was made. */
  readonly state: Uint32Array;
  /** What it did to the machine that it stepped; undefined for moves of the network. */
  readonly effect: StepEffect | undefined;
}

/** The states of one exploration and the moves between them. It remembers parts and effects, and no states. */
export class Space {
  readonly components: Components;
  readonly effects: StepEffects;
  readonly moves: Moves;
  readonly root: Uint32Array;
  /** The state to which the last move led. The array may be longer than the state. */
  next = new Uint32Array(1024);
  /** The last move, and the eager moves that were made with it. */
  readonly made: MadeMove[] = [];
  /** By the number of an effect: how often it occurred. */
  readonly uses: number[] = [];
  private readonly subject: ExplorationSubject;
  private readonly model: Model;
  private readonly dead: DeadMessages;
  private readonly eager: EagerMoves;
  private readonly judged = new JudgedSteps();
  /** A map from the ghost state and the effect to the next ghost state. */
  private readonly ghostStates = new Pairs();
  /** A map from the `Spent` part and the kind of an event to the next `Spent` part. */
  private readonly spending = new Pairs();

  constructor(subject: ExplorationSubject) {
    this.subject = subject;
    const { implementation, setup, properties, bounds, reductions } = subject;
    const world = createWorld(implementation, setup, transcriptService);
    const reason = unsoundness(reductions, setup);
    if (reason !== undefined) throw new Error(`The reductions ${reason}.`);
    const firstAlike = reductions.replicas ? bounds.firstAlike(setup.replicas) : setup.replicas;
    const renamings = renamingsOf(setup, { clients: reductions.clients, firstAlike });
    this.components = new Components(world, renamings, bounds, reductions.unread);
    this.effects = new StepEffects(this.components);
    this.moves = new Moves(this.components, bounds);
    this.model = new Model(world, properties);
    this.dead = new DeadMessages(this.components);
    this.eager = new EagerMoves(this.components, this.moves);
    const spent = { counts: bounds.bounds.map(() => 0) };
    this.root = this.components.pack(world, this.model.ghostState, spent);
  }

  /** Every move that the bounds and the state allow, always in the same order. */
  movesIn(state: Uint32Array): readonly Move[] {
    const { components, moves } = this;
    const world = new StateWorld(components, state);
    const found: Move[] = [];
    const { counts } = components.spent.at(state[layout.spent] ?? 0);
    const end = state[layout.size] ?? 0;
    for (let at = components.packetsAt; at < end; at++) {
      const number = state[at] ?? 0;
      // Equal packets stand next to each other.
      if (at > components.packetsAt && number === state[at - 1]) continue;
      for (const move of moves.ofPacket(number)) {
        if (move.actor < 0 || this.canArrive(state, components.packets.at(number)))
          this.offer(counts, move, found);
      }
    }
    for (let replica = 0; replica < components.machines.length; replica++) {
      for (const move of moves.ofMachine(world, replica, state[layout.machines + replica] ?? 0)) {
        if (move.event.type !== 'crash' || disabledReason(world, move.event) === undefined)
          this.offer(counts, move, found);
      }
    }
    for (let client = 0; client < components.clients.length; client++) {
      for (const move of moves.ofClient(world, client, state[components.clientsAt + client] ?? 0))
        this.offer(counts, move, found);
    }
    for (const move of moves.ofNetwork) {
      if (disabledReason(world, move.event) === undefined) this.offer(counts, move, found);
    }
    return this.subject.reductions.eager ? this.eager.withCrashBound(state, found) : found;
  }

  /** Makes one of these moves. The next state is in `next`, unless the move is impossible or breaks a property. */
  take(state: Uint32Array, move: Move): Step {
    this.made.length = 0;
    if (move.actor < 0) return this.takeNetworkMove(state, move);
    const step = this.takeStep(state, move);
    return step === 'stepped' && this.subject.reductions.eager ? this.takeEagerMoves(state, move) : step;
  }

  /** Adds the coverage marks that the last move reached to the tally. */
  noteCoverage(tally: Tally): void {
    this.made.forEach(({ move, state, effect }, index) => {
      if (effect === undefined) return;
      const before = new StateWorld(this.components, state);
      const after = this.worldAfter(before, move, effect, this.made[index + 1]?.state ?? this.next);
      tally.note(before, after, this.ghostStateOf(state));
    });
  }

  /** Whether the packet with this number would be dead in this state. */
  isDead(state: Uint32Array, packet: number): boolean {
    const left = this.components.remaining(state[layout.spent] ?? 0);
    return this.dead.isDead(state, packet, left, this.components.latestView(state) + left.viewChanges);
  }

  /** The ghost state of a state. */
  ghostStateOf(state: Uint32Array): GhostState {
    return this.components.ghostStates.at(state[layout.ghostState] ?? 0);
  }

  private takeStep(state: Uint32Array, move: Move): Step {
    const { bounds, reductions } = this.subject;
    const effect = this.effects.of(state, move);
    this.uses[effect.number] = (this.uses[effect.number] ?? 0) + 1;
    if (effect.viewNumber > bounds.views || (move.isCrashBound && !effect.writes)) return 'impossible';
    const canBeNoOp = reductions.noOp && move.packet !== undefined && effect.changesNothing;
    if (canBeNoOp && effect.sent.length === 0) return 'impossible';
    this.made.push({ move, state, effect });
    const ghostState = this.ghostStateAfter(state, move, effect);
    if (typeof ghostState !== 'number') return ghostState;
    this.write(state, move, effect, ghostState);
    const isNoOp = canBeNoOp && (this.next[layout.size] ?? 0) < (state[layout.size] ?? 0);
    return isNoOp && ghostState === state[layout.ghostState] ? 'impossible' : 'stepped';
  }

  /** Makes the eager moves of the next state, until there are none. */
  private takeEagerMoves(before: Uint32Array, made: Move): Step {
    for (;;) {
      const move = this.eager.nextMove(this.next, before, made);
      if (move === undefined) return 'stepped';
      const step = this.takeStep(this.next.slice(0, this.next[layout.size]), move);
      if (step !== 'stepped') return step;
    }
  }

  /** The number of the next ghost state, or the property that was broken. */
  private ghostStateAfter(state: Uint32Array, move: Move, effect: StepEffect): number | Violation {
    const number = state[layout.ghostState] ?? 0;
    // Properties read machines, clients and the ghost state, but not the packets in flight.
    const wasJudged = this.judged.wasJudged(state, layout.links, this.components.packetsAt, effect.number);
    const known = wasJudged ? this.ghostStates.get(number, effect.number) : -1;
    return known < 0 ? this.judge(number, new StateWorld(this.components, state), move, effect) : known;
  }

  private judge(number: number, before: World, move: Move, effect: StepEffect): number | Violation {
    const { components, model } = this;
    const ghostState = components.ghostStates.at(number);
    model.ghostState = ghostState;
    const violation = model.follow(before, this.worldAfter(before, move, effect, this.next));
    if (violation !== undefined) return violation;
    const known = model.ghostState === ghostState ? number : this.ghostStates.get(number, effect.number);
    const next = known < 0 ? components.ghostStates.numberOf(model.ghostState) : known;
    this.ghostStates.set(number, effect.number, next);
    return next;
  }

  /** The world after a step. Its packets are those of the state `next` at the time when they are read. */
  private worldAfter(before: World, { actor }: Move, effect: StepEffect, next: Uint32Array): World {
    const { machine, client, last } = effect;
    const { setup, machines, clients } = before;
    return new SteppedWorld(
      this.components,
      machine === undefined ? machines : machines.with(actor, machine),
      client === undefined ? clients : clients.with(actor - setup.replicas, client),
      next,
      last,
    );
  }

  private write(state: Uint32Array, move: Move, effect: StepEffect, ghostState: number): void {
    const { components } = this;
    const size = state[layout.size] ?? 0;
    if (size + effect.sent.length > this.next.length)
      this.next = new Uint32Array(2 * (size + effect.sent.length));
    const { next } = this;
    for (let at = 0; at < components.packetsAt; at++) next[at] = state[at] ?? 0;
    next[layout.machines + move.actor] = effect.next;
    next[layout.ghostState] = ghostState;
    next[layout.spent] = this.spent(state, move.kind);
    components.renumber(next, state[layout.spent] ?? 0);
    const left = components.remaining(next[layout.spent] ?? 0);
    const lastView = this.subject.reductions.dead ? components.latestView(next) + left.viewChanges : 0;
    let end = components.packetsAt;
    let taken = move.packet === undefined;
    for (let at = components.packetsAt; at < size; at++) {
      const packet = state[at] ?? 0;
      if (!taken && packet === move.packet) taken = true;
      else end = this.insertPacket(next, end, packet, left, lastView);
    }
    for (const packet of effect.sent) end = this.insertPacket(next, end, packet, left, lastView);
    next[layout.size] = end;
  }

  /** Inserts a packet into the ascending packets that end at `end`, unless it is dead. Returns their new end. */
  private insertPacket(
    next: Uint32Array,
    end: number,
    packet: number,
    left: Remaining,
    lastView: number,
  ): number {
    const { dead } = this.subject.reductions;
    if (dead && this.dead.isDead(next, packet, left, lastView)) return end;
    let at = end;
    while (at > this.components.packetsAt && (next[at - 1] ?? 0) > packet) at--;
    const isCopy = at > this.components.packetsAt && next[at - 1] === packet;
    if (dead && isCopy && this.dead.countsOnce(packet, left)) return end;
    next.copyWithin(at + 1, at, end);
    next[at] = packet;
    return end + 1;
  }

  /** A move of the network: it steps no machine, so no property can break. */
  private takeNetworkMove(state: Uint32Array, move: Move): Step {
    const { components } = this;
    const ghostState = this.ghostStateOf(state);
    const spent = components.spent.at(this.spent(state, move.kind));
    const next = components.pack(perform(components.unpack(state), move.event), ghostState, spent);
    if (next.length > this.next.length) this.next = new Uint32Array(2 * next.length);
    this.next.set(next);
    this.made.push({ move, state, effect: undefined });
    return 'stepped';
  }

  /** Whether the receiver runs and is not cut off from the sender. */
  private canArrive(state: Uint32Array, { from, to }: Packet): boolean {
    const { components } = this;
    if (to >= components.machines.length) return true;
    const { replica } = components.machineParts(to).at(state[layout.machines + to] ?? 0);
    return replica !== undefined && !isCut(components.linksOf(state), from, to);
  }

  /** Adds the move to those found, if the bounds allow one more of its kind. */
  private offer(counts: readonly number[], move: Move, found: Move[]): void {
    const { kind } = move;
    if (kind < 0 || (counts[kind] ?? 0) < (this.subject.bounds.bounds[kind]?.most ?? 0)) found.push(move);
  }

  /** The number of the `Spent` part after one more event of the kind. */
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
