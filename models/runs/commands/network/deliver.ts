import { canArrive } from '../../../world/enabled.ts';
import type { Event } from '../../../world/event.ts';
import type { Packet } from '../../../world/packet.ts';
import type { World } from '../../../world/world.ts';
import { Choice, reroll, roundRobin } from '../../run/command.ts';

/**
 * The order in which messages arrive.
 * `any`: each is equally likely.
 * `oldest`: mostly in the order of sending.
 * `newest`: mostly in the opposite order, so that some messages are delayed for very long.
 * `links`: some links are much faster than others (priorities, as in PCT).
 * `laggard`: one replica receives few messages, the newest first, while the others proceed; which one changes
 * with the view.
 * `kinds`: for each receiver some types of message are much faster than others, and which ones changes with
 * the view.
 * `unannounced`: one replica receives the messages of view changes late, and some of its GETSTATE messages
 * arrive late.
 * `late-calls`: calls for views, and votes, arrive late, and in any order.
 * `late-answers`: answers arrive late that their receiver does not wait for, because it has asked anew or others have answered:
 * at the earliest when it waits for such an answer again.
 */
export type DeliveryOrder =
  | 'any'
  | 'oldest'
  | 'newest'
  | 'links'
  | 'laggard'
  | 'kinds'
  | 'unannounced'
  | 'late-calls'
  | 'late-answers';

/** A message on its way arrives. */
export class Deliver extends Choice {
  private readonly order: DeliveryOrder;
  private readonly salt: number;

  /** `salt` decides which links are fast. */
  constructor(number: number, order: DeliveryOrder, salt: number) {
    super(number);
    this.order = order;
    this.salt = salt;
  }

  choose(world: World): Event | undefined {
    const index = this.index(world);
    const packet = index === undefined ? undefined : world.packets[index];
    return packet && { type: 'deliver', packet };
  }

  toString(): string {
    return `deliver ${this.order} ${this.number}`;
  }

  private index(world: World): number | undefined {
    const { packets } = world;
    // Some deliveries ignore the order, so that every order stays possible.
    if (this.order === 'any' || (this.number & (patient.has(this.order) ? 63 : 7)) === 0)
      return roundRobin(reroll(this.number), packets.length, (candidate) => arrives(world, candidate));
    switch (this.order) {
      case 'oldest':
        return roundRobin(0, packets.length, (candidate) => arrives(world, candidate));
      case 'newest':
        return packets.findLastIndex((_, candidate) => arrives(world, candidate));
      case 'links':
        return this.fastest(world, ({ from, to }) => hash16(this.salt + from * 61 + to * 997));
      case 'kinds': {
        const salt = this.salt + latestView(world) * 8191;
        return this.fastest(world, ({ message, to }) => hash16(salt + kindOf(message.type) * 61 + to * 997));
      }
      case 'late-calls':
        return this.oldestBut(world, ({ message }) => calls.has(message.type));
      case 'late-answers':
        return this.oldestBut(world, (packet) => isOutdatedAnswer(world, packet));
      case 'laggard':
        return this.awayFromLaggard(world, ({ to }, laggard) => to === laggard);
      case 'unannounced':
        return this.awayFromLaggard(world, (packet, laggard) => this.isSlowForUnannounced(packet, laggard));
    }
  }

  /**
   * Whether this delivery may pick a slow packet. Few may: otherwise slow packets would arrive as soon as no
   * other is left.
   */
  private get admitsSlow(): boolean {
    return (this.number & 0x78) === 0;
  }

  /**
   * Whether the packet is slow: a view announcement to the laggard, or a STARTVIEW or GETSTATE that the salt
   * selects.
   */
  private isSlowForUnannounced({ from, to, message }: Packet, laggard: number): boolean {
    if (to === laggard) return announcements.has(message.type);
    if (message.type === 'STARTVIEW') return hash16(this.salt + to * 61) % 2 === 0;
    return from === laggard && message.type === 'GETSTATE' && hash16(this.salt + to * 997) % 2 === 0;
  }

  /** The oldest packet that is not slow, or sometimes any. */
  private oldestBut(world: World, isSlow: (packet: Packet) => boolean): number | undefined {
    const { packets } = world;
    return this.admitsSlow
      ? roundRobin(reroll(this.number), packets.length, (candidate) => arrives(world, candidate))
      : packets.findIndex((packet, candidate) => !isSlow(packet) && arrives(world, candidate));
  }

  /** The oldest packet that is not slow because of the laggard. */
  private awayFromLaggard(
    world: World,
    isSlow: (packet: Packet, laggard: number) => boolean,
  ): number | undefined {
    const { machines, packets } = world;
    const laggard = hash16(this.salt + (latestView(world) >> 1)) % machines.length;
    const index = packets.findIndex(
      (packet, candidate) => !isSlow(packet, laggard) && arrives(world, candidate),
    );
    return index >= 0 || !this.admitsSlow
      ? index
      : packets.findLastIndex((_, candidate) => arrives(world, candidate));
  }

  /** The oldest of the fastest packets. Slow packets mostly wait, even if no other is left. */
  private fastest(world: World, speedOf: (packet: Packet) => number): number | undefined {
    let best: number | undefined;
    let bestSpeed = this.admitsSlow ? -1 : slow;
    world.packets.forEach((packet, index) => {
      const speed = speedOf(packet);
      if (speed <= bestSpeed || !arrives(world, index)) return;
      best = index;
      bestSpeed = speed;
    });
    return best;
  }
}

/** Whether there is such a packet, and it can arrive now. */
function arrives(world: World, index: number): boolean {
  const packet = world.packets[index];
  return packet !== undefined && canArrive(world, packet);
}

/** Whether this is an answer for which the receiver does not wait now. */
function isOutdatedAnswer({ machines }: World, { to, message }: Packet): boolean {
  const replica = machines[to]?.replica;
  switch (message.type) {
    case 'NEWSTATE':
    case 'CHECKPOINT':
      return replica?.transfer?.viewNumber !== message.viewNumber;
    case 'RECOVERYRESPONSE': {
      const { incarnation, attempt } = replica?.recovery ?? {};
      return message.nonce !== `${incarnation}.${attempt}`;
    }
    default:
      return false;
  }
}

/** The orders that few deliveries ignore. */
const patient: ReadonlySet<DeliveryOrder> = new Set(['laggard', 'unannounced', 'late-calls', 'late-answers']);

/** The messages that tell a replica of a new view. */
const announcements: ReadonlySet<string> = new Set(['STARTVIEWCHANGE', 'DOVIEWCHANGE', 'STARTVIEW']);

/** The messages of a view change before its start. */
const calls: ReadonlySet<string> = new Set(['STARTVIEWCHANGE', 'DOVIEWCHANGE']);

/** Speeds from 0 to this one, of 2¹⁶, are slow. */
const slow = 0x5fff;

function latestView({ machines }: World): number {
  return machines.reduce((latest, { replica }) => Math.max(latest, replica?.viewNumber ?? 0), 0);
}

/** A number for each type of message. Few types share one. */
function kindOf(type: string): number {
  return type.length * 31 + type.charCodeAt(type.length - 1);
}

/** A 16-bit hash of the number (the finaliser of MurmurHash3). */
function hash16(number: number): number {
  const once = Math.imul(number ^ (number >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return (twice ^ (twice >>> 16)) & 0xffff;
}
