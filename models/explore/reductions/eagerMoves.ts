import type { Move, Moves } from '../moves/moves.ts';
import { type Components, layout } from '../states/components.ts';
import { StateWorld } from '../states/view.ts';
import { isAnswered } from './deadness.ts';

/** Moves that are taken at once, because they commute with every other move and disable none. */
export class EagerMoves {
  private readonly components: Components;
  private readonly moves: Moves;

  constructor(components: Components, moves: Moves) {
    this.components = components;
    this.moves = moves;
  }

  /** The eager move of this state, to which `move` led from the state `before`; undefined if there is none. */
  nextMove(state: Uint32Array, before: Uint32Array, { actor, isCrashBound }: Move): Move | undefined {
    const isReplica = actor < this.components.machines.length;
    // A replica that had writes pending before that move is crash-bound: they would have become durable at once.
    const waits = !isReplica || isCrashBound || this.isUnsynced(actor, before[layout.machines + actor] ?? 0);
    return (waits ? undefined : this.syncIn(state, actor)) ?? this.replyIn(state);
  }

  /**
   * The moves without the syncs of all writes, which are eager, and with a crash-bound twin of each move of a replica.
   * There may be as many crash-bound replicas as crashes are left.
   */
  withCrashBound(state: Uint32Array, moves: readonly Move[]): readonly Move[] {
    const found = moves.filter(({ event }) => event.type !== 'sync' || event.writes !== undefined);
    const { crashes } = this.components.remaining(state[layout.spent] ?? 0);
    if (crashes === 0) return found;
    const machines = this.components.machinesOf(state);
    const isCrashBound = machines.map(
      ({ disk, replica }) => replica !== undefined && disk.unsynced.length > 0,
    );
    if (crashes > isCrashBound.filter(Boolean).length)
      return found.flatMap((move) =>
        move.crashBound === undefined || isCrashBound[move.actor] === true ? [move] : [move, move.crashBound],
      );
    // The crashes that are left are for the crash-bound replicas.
    return found.filter(({ event }) => event.type !== 'crash' || isCrashBound[event.replica] === true);
  }

  /** The move that makes this replica's writes durable, if it has any pending. */
  private syncIn(state: Uint32Array, replica: number): Move | undefined {
    const machine = state[layout.machines + replica] ?? 0;
    if (!this.isUnsynced(replica, machine)) return undefined;
    const world = new StateWorld(this.components, state);
    return this.moves
      .ofMachine(world, replica, machine)
      .find(({ event }) => event.type === 'sync' && event.writes === undefined);
  }

  /** The move that delivers an awaited reply, if no client can do anything before it comes. */
  private replyIn(state: Uint32Array): Move | undefined {
    const { components } = this;
    const { requests, retries, clientRestarts } = components.remaining(state[layout.spent] ?? 0);
    if (requests || retries || clientRestarts) return undefined;
    const end = state[layout.size] ?? 0;
    for (let at = components.packetsAt; at < end; at++) {
      const { message, to } = components.packets.at(state[at] ?? 0);
      if (message.type !== 'REPLY') continue;
      const client = to - components.machines.length;
      const machine = components.clientParts(client).at(state[components.clientsAt + client] ?? 0);
      if (!isAnswered(message, machine))
        return this.moves.ofPacket(state[at] ?? 0).find(({ event }) => event.type === 'deliver');
    }
    return undefined;
  }

  private isUnsynced(replica: number, machine: number): boolean {
    return this.components.machineParts(replica).at(machine).disk.unsynced.length > 0;
  }
}
