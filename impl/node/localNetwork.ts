import type { ClientMessage, Message } from '../replica/data/messages.ts';
import type { Transport } from './driver/transport.ts';

/** Where messages to a member of a hub arrive. */
export interface LocalMember {
  onMessage(message: Message): void;
}

/**
 * Carries messages between the replicas of one process, and its clients, as they are: for trying things out, and for tests.
 * Replicas can be cut off from each other; clients reach all of them.
 */
export class LocalNetwork {
  private readonly members = new Map<number, LocalMember>();
  private readonly cutOff = new Set<number>();
  private readonly onReply: (message: ClientMessage) => void;

  constructor(onReply: (message: ClientMessage) => void) {
    this.onReply = onReply;
  }

  /** How a replica sends, and where it receives from now on. It is gone once the transport is closed. */
  join(number: number, member: LocalMember): Transport {
    this.members.set(number, member);
    const isHere = (): boolean => this.members.get(number) === member;
    return {
      send: (to, message) => {
        if (isHere() && !this.cutOff.has(number) && !this.cutOff.has(to)) this.deliver(to, message);
      },
      reply: (message) => {
        if (isHere()) setImmediate(() => this.onReply(message));
      },
      close: async () => {
        if (isHere()) this.members.delete(number);
      },
    };
  }

  /** A client asks a replica. */
  request(to: number, message: Message): void {
    this.deliver(to, message);
  }

  /** No other replica hears this one any more, nor it them; or they do again. */
  cut(number: number, isCut: boolean): void {
    if (isCut) this.cutOff.add(number);
    else this.cutOff.delete(number);
  }

  isCut(number: number): boolean {
    return this.cutOff.has(number);
  }

  private deliver(to: number, message: Message): void {
    const member = this.members.get(to);
    // Whoever is gone by then does not get it, nor does a later start of the same replica.
    setImmediate(() => {
      if (member !== undefined && this.members.get(to) === member) member.onMessage(message);
    });
  }
}
