import type { ClientMessage, Message } from '../../impl/index.ts';
import { endsSession } from '../../impl/index.ts';

/** A message on its way. Endpoints below the group's size are replicas; those from there on are clients. */
export interface Packet {
  readonly from: number;
  readonly to: number;
  readonly message: Message | ClientMessage;
  /**
   * Its name in traces: its type, the numbers that distinguish it, and its endpoints. Two packets may have
   * the same name.
   */
  readonly name: string;
  /** How often its sender had restarted when it was sent. */
  readonly incarnation: number;
}

/** The packet for a message that one endpoint sends to another, in a group of this size. */
export function packetOf(
  size: number,
  from: number,
  to: number,
  message: Message | ClientMessage,
  incarnation: number,
): Packet {
  return new SentPacket(size, from, to, message, incarnation);
}

/** Makes its name when that is first asked for: most packets of a hunt are in no trace. */
class SentPacket implements Packet {
  readonly from: number;
  readonly to: number;
  readonly message: Message | ClientMessage;
  readonly incarnation: number;
  private readonly size: number;
  private named: string | undefined;

  constructor(size: number, from: number, to: number, message: Packet['message'], incarnation: number) {
    this.from = from;
    this.to = to;
    this.message = message;
    this.incarnation = incarnation;
    this.size = size;
    this.named = undefined;
  }

  get name(): string {
    const { message, size, from, to } = this;
    this.named ??= `${label(message)} ${endpoint(size, from)}→${endpoint(size, to)}`;
    return this.named;
  }
}

/** The text of an endpoint: r0, r1, … for replicas and c0, c1, … for clients. */
export function endpoint(size: number, number: number): string {
  return number < size ? `r${number}` : `c${number - size}`;
}

/** The part of a checkpoint and the first path in it that a message asks for or answers. */
function about(part: string, path: string | undefined): string {
  return `${part}/${path ?? ''}`;
}

function label(message: Message | ClientMessage): string {
  switch (message.type) {
    case 'REQUEST':
      return `REQUEST ${message.clientId} ${endsSession(message) ? 'end' : `s${message.requestNumber}`}`;
    case 'REPLY':
    case 'FAILED':
    case 'EVICTED':
      return `${message.type} v${message.viewNumber} s${message.requestNumber}`;
    case 'PREPARE': {
      const { viewNumber, suffix, opNumber } = message;
      const isBatch = opNumber > suffix.after + 1;
      return `PREPARE v${viewNumber} n${isBatch ? `${suffix.after + 1}–` : ''}${opNumber}`;
    }
    case 'PREPAREOK':
    case 'GETSTATE':
      return `${message.type} v${message.viewNumber} n${message.opNumber}`;
    case 'NEWSTATE': {
      const { viewNumber, suffix, opNumber } = message;
      const isPiece = suffix.opNumber < opNumber;
      return `NEWSTATE v${viewNumber} n${isPiece ? `${suffix.opNumber} of ` : ''}${opNumber}`;
    }
    case 'GETCHECKPOINT': {
      const { viewNumber, opNumber, part, questions } = message;
      return `GETCHECKPOINT v${viewNumber} n${opNumber} ${about(part, questions[0]?.path)}`;
    }
    case 'CHECKPOINT': {
      const { viewNumber, opNumber, exchanged } = message;
      const answered = exchanged === null ? '' : ` ${about(exchanged.part, exchanged.paths[0])}`;
      return `CHECKPOINT v${viewNumber} n${opNumber}${answered}`;
    }
    case 'COMMIT':
      return `COMMIT v${message.viewNumber} k${message.commitNumber}`;
    case 'RECOVERY':
    case 'RECOVERYRESPONSE':
    case 'RECOVERING':
      return `${message.type} v${message.viewNumber} x${message.nonce.split('/').at(-1)}`;
    case 'COMMITOK':
    case 'FOUNDED':
    case 'STARTVIEWCHANGE':
    case 'DOVIEWCHANGE':
    case 'STARTVIEW':
      return `${message.type} v${message.viewNumber}`;
  }
}
