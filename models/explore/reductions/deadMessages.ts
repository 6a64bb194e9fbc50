import type { Packet } from '../../world/packet.ts';
import type { Remaining } from '../budget/bounds.ts';
import { type Components, layout } from '../states/components.ts';
import { Pairs } from '../states/pairs.ts';
import { countsOnce, type DeadnessContext, isNeverNeeded, isNeverTaken } from './deadness.ts';

/** The latest view for which dead messages are remembered. Later ones are too rare. */
const lastViewRemembered = 15;

/** Decides which packets of a state are dead, and remembers that by the numbers of the parts on which it depends. */
export class DeadMessages {
  private readonly components: Components;
  /** By receiver: a map from its machine and the packet to 1 if the packet is never taken, and to 0 otherwise. */
  private readonly untaken: readonly Pairs[];
  /** By receiver and requester: a map from their machines to a number for the two. */
  private readonly couples: readonly Pairs[];
  private couplesKnown = 0;
  /** A map from that number and the packet with the last view to 1 if the packet is never needed, and to 0 otherwise. */
  private readonly unneeded = new Pairs();

  constructor(components: Components) {
    this.components = components;
    const { setup } = components.common;
    const endpoints = setup.replicas + setup.clients;
    this.untaken = Array.from({ length: endpoints }, () => new Pairs());
    this.couples = Array.from({ length: endpoints ** 2 }, () => new Pairs());
  }

  /** Whether the packet is dead in this state, whose words need be complete only up to the packets. */
  isDead(state: Uint32Array, number: number, left: Remaining, lastView: number): boolean {
    const { components } = this;
    const packet = components.packets.at(number);
    const { to } = packet;
    const machine = state[layout.machines + to] ?? 0;
    const untaken = this.untaken[to];
    const known = untaken?.get(machine, number) ?? 0;
    if (known === 1) return true;
    if (known < 0) {
      const never = isNeverTaken(packet, this.machineAt(to, machine), this.circumstances(left, lastView));
      untaken?.set(machine, number, never ? 1 : 0);
      if (never) return true;
    }
    return this.isUnneeded(state, packet, number, left, lastView);
  }

  /** Whether a second copy of the packet changes nothing. */
  countsOnce(number: number, left: Remaining): boolean {
    return countsOnce(this.components.packets.at(number), this.circumstances(left, 0));
  }

  private isUnneeded(
    state: Uint32Array,
    packet: Packet,
    number: number,
    left: Remaining,
    lastView: number,
  ): boolean {
    if (lastView > lastViewRemembered) return false;
    const { to } = packet;
    const requester = this.requesterOf(packet);
    const [machine, other] = [state[layout.machines + to] ?? 0, state[layout.machines + requester] ?? 0];
    const couples = this.couples[to * this.untaken.length + requester];
    let couple = couples?.get(machine, other) ?? -1;
    if (couple < 0) {
      couple = this.couplesKnown++;
      couples?.set(machine, other, couple);
    }
    const key = number * (lastViewRemembered + 1) + lastView;
    const known = this.unneeded.get(couple, key);
    if (known >= 0) return known === 1;
    const never = isNeverNeeded(
      packet,
      this.machineAt(to, machine),
      this.machineAt(requester, other),
      this.circumstances(left, lastView),
    );
    this.unneeded.set(couple, key, never ? 1 : 0);
    return never;
  }

  /** The endpoint that is answered: the sender of the packet, or the client whose request a replica forwarded. */
  private requesterOf({ from, message }: Packet): number {
    if (message.type !== 'REQUEST') return from;
    const { replicas } = this.components.common.setup;
    return replicas + Number(/^c(\d+)/.exec(message.clientId)?.[1] ?? 0);
  }

  private machineAt(endpoint: number, number: number) {
    const { replicas } = this.components.common.setup;
    return endpoint < replicas
      ? this.components.machineParts(endpoint).at(number)
      : this.components.clientParts(endpoint - replicas).at(number);
  }

  private circumstances(left: Remaining, lastView: number): DeadnessContext {
    return { configuration: this.components.common.configuration, left, lastView };
  }
}
