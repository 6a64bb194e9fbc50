import type { ClientMessage, Message } from '../replica/data/messages.ts';
import type { Transport } from './driver/transport.ts';
import { processClock } from './platform/clock.ts';

/** Receives the messages to one member of the network. */
export interface LocalMember {
  onMessage(message: Message): void;
}

/**
 * Carries messages, unencoded, between the replicas and clients of one process, for demonstrations and tests. Replicas can
 * be cut off from each other; clients reach all of them.
 */
export class LocalNetwork {
  private readonly members = new Map<number, LocalMember>();
  private readonly cutOff = new Set<number>();
  private readonly onReply: (message: ClientMessage) => void;

  constructor(onReply: (message: ClientMessage) => void) {
    this.onReply = onReply;
  }

  /** Adds a replica, in place of its earlier start if there was one. Closing the transport removes it. */
  join(number: number, member: LocalMember): Transport {
    this.members.set(number, member);
    const isHere = (): boolean => this.members.get(number) === member;
    return {
      send: (to, message) => {
        if (isHere() && !this.cutOff.has(number) && !this.cutOff.has(to)) this.deliver(to, message);
      },
      reply: (message) => {
        if (isHere()) processClock.soon(() => this.onReply(message));
      },
      close: async () => {
        if (isHere()) this.members.delete(number);
      },
    };
  }

  /** Delivers a client's request to a replica. */
  request(to: number, message: Message): void {
    this.deliver(to, message);
  }

  /** Cuts a replica off from all others in both directions, or reconnects it. */
  cut(number: number, isCut: boolean): void {
    if (isCut) this.cutOff.add(number);
    else this.cutOff.delete(number);
  }

  isCut(number: number): boolean {
    return this.cutOff.has(number);
  }

  private deliver(to: number, message: Message): void {
    const member = this.members.get(to);
    // A member that has left, or was replaced by a later start, does not get the message.
    processClock.soon(() => {
      if (member !== undefined && this.members.get(to) === member) member.onMessage(message);
    });
  }
}
