import type { Move, Moves } from '../moves/moves.ts';
import { type Components, layout } from '../states/components.ts';
import { StateWorld } from '../states/view.ts';
import { isAnswered } from './deadness.ts';

/** What need not wait, because it commutes with everything else that can happen, and hinders nothing of it. */
export class Eager {
  private readonly components: Components;
  private readonly moves: Moves;

  constructor(components: Components, moves: Moves) {
    this.components = components;
    this.moves = moves;
  }

  /** What is to be done next in this state, to which the move led from the state `before`; undefined for nothing. */
  moveIn(state: Uint32Array, before: Uint32Array, { actor, isDoomed }: Move): Move | undefined {
    const isReplica = actor < this.components.machines.length;
    // Who had something to make durable before that move makes nothing durable any more.
    const waits = !isReplica || isDoomed || this.isUnsynced(actor, before[layout.machines + actor] ?? 0);
    return (waits ? undefined : this.syncIn(state, actor)) ?? this.replyIn(state);
  }

  /**
   * Nothing becomes durable any more by a move of its own. Instead, whatever writes has a twin after which its replica
   * makes nothing durable until it crashes; there may be so many of these as crashes are left.
   */
  withDoomed(state: Uint32Array, moves: readonly Move[]): readonly Move[] {
    const found = moves.filter(({ event }) => event.type !== 'sync' || event.writes !== undefined);
    const { crashes } = this.components.remaining(state[layout.spent] ?? 0);
    if (crashes === 0) return found;
    const machines = this.components.machinesOf(state);
    const isDoomed = machines.map(({ disk, replica }) => replica !== undefined && disk.unsynced.length > 0);
    if (crashes > isDoomed.filter(Boolean).length)
      return found.flatMap((move) =>
        move.doomed === undefined || isDoomed[move.actor] === true ? [move] : [move, move.doomed],
      );
    // The crashes that are left are for those who wait for them.
    return found.filter(({ event }) => event.type !== 'crash' || isDoomed[event.replica] === true);
  }

  /** The move that makes durable what this replica has written, if there is anything. */
  private syncIn(state: Uint32Array, replica: number): Move | undefined {
    const machine = state[layout.machines + replica] ?? 0;
    if (!this.isUnsynced(replica, machine)) return undefined;
    const world = new StateWorld(this.components, state);
    return this.moves
      .ofMachine(world, replica, machine)
      .find(({ event }) => event.type === 'sync' && event.writes === undefined);
  }

  /** The move that delivers a reply that a client waits for, if no client will do anything before it comes. */
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
