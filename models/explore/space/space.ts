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
import { type Effect, Effects } from '../moves/stepEffects.ts';
import { Dead } from '../reductions/deadMessages.ts';
import { Eager } from '../reductions/eagerMoves.ts';
import { unsoundness } from '../reductions/reductions.ts';
import { Components, layout } from '../states/components.ts';
import { Pairs } from '../states/pairs.ts';
import { renamingsOf } from '../states/renaming.ts';
import { StateWorld, SteppedWorld } from '../states/view.ts';
import { Judged } from './judgedSteps.ts';
import type { Subject } from './subject.ts';

/** What a move led to: the next state is in `Space.next`. */
export type Step = 'impossible' | 'stepped' | Violation;

/** One event on the way from a state to the next. */
export interface Made {
  readonly move: Move;
  /** The state in which it came. */
  readonly state: Uint32Array;
  /** What it did to the machine that it stepped; undefined for moves of the network. */
  readonly effect: Effect | undefined;
}

/** The states of one exploration, and the moves between them. It remembers parts and effects, but no states. */
export class Space {
  readonly components: Components;
  readonly effects: Effects;
  readonly moves: Moves;
  readonly root: Uint32Array;
  /** The state to which the last move led, with room for more packets behind it. */
  next = new Uint32Array(1024);
  /** The last move, and those made with it because nothing was to be gained by waiting. */
  readonly made: Made[] = [];
  /** By the number of each effect: how often it came about. */
  readonly uses: number[] = [];
  private readonly subject: Subject;
  private readonly model: Model;
  private readonly dead: Dead;
  private readonly eager: Eager;
  private readonly judged = new Judged();
  /** The ghost state and the effect, to the next ghost state. */
  private readonly ghostStates = new Pairs();
  /** What was spent and the kind, to what is spent then. */
  private readonly spending = new Pairs();

  constructor(subject: Subject) {
    this.subject = subject;
    const { implementation, setup, properties, bounds, reductions } = subject;
    const world = createWorld(implementation, setup, transcriptService);
    const reason = unsoundness(reductions, setup);
    if (reason !== undefined) throw new Error(`The reductions ${reason}.`);
    const firstAlike = reductions.replicas ? bounds.firstAlike(setup.replicas) : setup.replicas;
    const renamings = renamingsOf(setup, { clients: reductions.clients, firstAlike });
    this.components = new Components(world, renamings, bounds, reductions.forgotten);
    this.effects = new Effects(this.components);
    this.moves = new Moves(this.components, bounds);
    this.model = new Model(world, properties);
    this.dead = new Dead(this.components);
    this.eager = new Eager(this.components, this.moves);
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
      // Packets that are the same stand next to each other.
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
    return this.subject.reductions.eager ? this.eager.withDoomed(state, found) : found;
  }

  /** Makes one of these moves. What comes of it is in `next`, unless it is impossible after all or breaks a property. */
  take(state: Uint32Array, move: Move): Step {
    this.made.length = 0;
    if (move.actor < 0) return this.takeQuietly(state, move);
    const step = this.takeStep(state, move);
    return step === 'stepped' && this.subject.reductions.eager ? this.goOn(state, move) : step;
  }

  /** Counts the coverage marks that came about with the last move. */
  note(tally: Tally): void {
    this.made.forEach(({ move, state, effect }, index) => {
      if (effect === undefined) return;
      const before = new StateWorld(this.components, state);
      const after = this.worldAfter(before, move, effect, this.made[index + 1]?.state ?? this.next);
      tally.note(before, after, this.ghostStateOf(state));
    });
  }

  /** Whether nothing would ever come of the packet with this number, were it on its way in this state. */
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
    if (effect.viewNumber > bounds.views || (move.isDoomed && !effect.writes)) return 'impossible';
    const canBeVain = reductions.vain && move.packet !== undefined && effect.changesNothing;
    if (canBeVain && effect.sent.length === 0) return 'impossible';
    this.made.push({ move, state, effect });
    const ghostState = this.ghostStateAfter(state, move, effect);
    if (typeof ghostState !== 'number') return ghostState;
    this.write(state, move, effect, ghostState);
    const isVain = canBeVain && (this.next[layout.size] ?? 0) < (state[layout.size] ?? 0);
    return isVain && ghostState === state[layout.ghostState] ? 'impossible' : 'stepped';
  }

  /** Goes on from the next state with what need not wait, until there is nothing of that. */
  private goOn(before: Uint32Array, made: Move): Step {
    for (;;) {
      const move = this.eager.moveIn(this.next, before, made);
      if (move === undefined) return 'stepped';
      const step = this.takeStep(this.next.slice(0, this.next[layout.size]), move);
      if (step !== 'stepped') return step;
    }
  }

  /** The number of the next ghost state, or the property that was broken. */
  private ghostStateAfter(state: Uint32Array, move: Move, effect: Effect): number | Violation {
    const number = state[layout.ghostState] ?? 0;
    // Properties see machines, clients and the ghost state, and not what else is on its way.
    const wasJudged = this.judged.wasJudged(state, layout.links, this.components.packetsAt, effect.number);
    const known = wasJudged ? this.ghostStates.get(number, effect.number) : -1;
    return known < 0 ? this.judge(number, new StateWorld(this.components, state), move, effect) : known;
  }

  private judge(number: number, before: World, move: Move, effect: Effect): number | Violation {
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

  /** The world after a step. Its packets are those of the state `next`, as it is when they are looked at. */
  private worldAfter(before: World, { actor }: Move, effect: Effect, next: Uint32Array): World {
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

  private write(state: Uint32Array, move: Move, effect: Effect, ghostState: number): void {
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
      else end = this.put(next, end, packet, left, lastView);
    }
    for (const packet of effect.sent) end = this.put(next, end, packet, left, lastView);
    next[layout.size] = end;
  }

  /** Adds a packet to the ascending ones that end here, unless nothing can come of it. Yields where they end then. */
  private put(next: Uint32Array, end: number, packet: number, left: Remaining, lastView: number): number {
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

  /** A move of the network: nobody is stepped, and nobody can tell. */
  private takeQuietly(state: Uint32Array, move: Move): Step {
    const { components } = this;
    const ghostState = this.ghostStateOf(state);
    const spent = components.spent.at(this.spent(state, move.kind));
    const next = components.pack(perform(components.unpack(state), move.event), ghostState, spent);
    if (next.length > this.next.length) this.next = new Uint32Array(2 * next.length);
    this.next.set(next);
    this.made.push({ move, state, effect: undefined });
    return 'stepped';
  }

  /** Whether the receiver runs, and is not cut off from the sender. */
  private canArrive(state: Uint32Array, { from, to }: Packet): boolean {
    const { components } = this;
    if (to >= components.machines.length) return true;
    const { replica } = components.machineParts(to).at(state[layout.machines + to] ?? 0);
    return replica !== undefined && !isCut(components.linksOf(state), from, to);
  }

  /** Adds the move to those found, if there is something left of its kind. */
  private offer(counts: readonly number[], move: Move, found: Move[]): void {
    const { kind } = move;
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
