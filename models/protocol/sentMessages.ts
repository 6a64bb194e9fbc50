import type { Log, Message, Read, Recovery, Sent } from '../../spec/protocol/index.ts';

/** What a message states, and up to which number. A replica that may state a higher number may state a lower one. */
interface Statement {
  readonly kind: string;
  readonly amount: number;
}

/** The logs and the kinds of statements of one exploration, each with a number, so that states can be compared by numbers. */
export class Numbering {
  private readonly logs = new Map<Log, number>();
  private readonly byKind = new Map<string, number>();
  private readonly stated = new WeakMap<Message, { readonly kind: number; readonly amount: number }>();

  /** The number of a log. Logs of one group with the same entries are the same object. */
  ofLog(log: Log): number {
    const known = this.logs.get(log);
    if (known !== undefined) return known;
    this.logs.set(log, this.logs.size);
    return this.logs.size - 1;
  }

  /** The kind of the statement, by its number, and up to which number it states it. */
  of(message: Message): { readonly kind: number; readonly amount: number } {
    const known = this.stated.get(message);
    if (known !== undefined) return known;
    const { kind, amount } = this.statementIn(message);
    const number = this.byKind.get(kind) ?? this.byKind.size;
    this.byKind.set(kind, number);
    const stated = { kind: number, amount };
    this.stated.set(message, stated);
    return stated;
  }

  private statementIn(message: Message): Statement {
    switch (message.type) {
      case 'REQUEST':
        return {
          kind: `Q${message.clientId}.${message.session}.${message.requestNumber}`,
          amount: 0,
        };
      case 'REPLY':
        return {
          kind: `R${message.clientId}.${message.requestNumber}.${this.ofLog(message.log)}`,
          amount: 0,
        };
      case 'PREPARE':
      case 'STARTVIEW':
      case 'NEWSTATE':
        return {
          kind: `${message.type}${message.viewNumber}.${this.ofLog(message.log)}`,
          amount: message.commitNumber,
        };
      case 'PREPAREOK':
        return { kind: `K${message.viewNumber}.${message.replica}`, amount: message.opNumber };
      case 'READ':
        return { kind: readKind(message), amount: 0 };
      case 'CONFIRM':
        return { kind: `A${message.viewNumber}`, amount: message.round };
      case 'COMMITOK':
        return { kind: `O${message.viewNumber}.${message.replica}`, amount: message.round };
      case 'READREPLY':
        return { kind: `B${readKind(message.read)}.${this.ofLog(message.log)}`, amount: 0 };
      case 'COMMIT':
        return { kind: `C${message.viewNumber}`, amount: message.commitNumber };
      case 'STARTVIEWCHANGE':
        return { kind: `V${message.replica}`, amount: message.viewNumber };
      case 'DOVIEWCHANGE': {
        const { viewNumber, lastNormalView, log, commitNumber, replica, generations } = message;
        return {
          kind: `D${viewNumber}.${lastNormalView}.${this.ofLog(log)}.${replica}.${generations.join('+')}`,
          amount: commitNumber,
        };
      }
      case 'RECOVERY':
        return { kind: `X${recoveryKind(message)}`, amount: 0 };
      case 'RECOVERYRESPONSE': {
        const { viewNumber, asked, log, replica, generations } = message;
        const told = log === undefined ? '' : `.${this.ofLog(log)}`;
        return {
          kind: `Y${viewNumber}.${recoveryKind(asked)}.${replica}.${generations.join('+')}${told}`,
          amount: 0,
        };
      }
    }
  }
}

function readKind({ clientId, readNumber }: Read): string {
  return `E${clientId}.${readNumber}`;
}

function recoveryKind({ replica, nonce, viewNumber, generation }: Recovery): string {
  return `${replica}.${nonce}.${viewNumber}.${generation}`;
}

/** A set of messages: of each kind of statement, the one with the highest number, which stands for those with lower ones. */
export class SentMessages implements Sent {
  /** Ascending. */
  readonly kinds: readonly number[];
  /** For each kind: the message with the highest number, and that number. */
  readonly messages: readonly Message[];
  private readonly amounts: readonly number[];
  private readonly numbering: Numbering;

  constructor(
    numbering: Numbering,
    kinds: readonly number[] = [],
    messages: readonly Message[] = [],
    amounts: readonly number[] = [],
  ) {
    this.numbering = numbering;
    this.kinds = kinds;
    this.messages = messages;
    this.amounts = amounts;
  }

  has(message: Message): boolean {
    const { kind, amount } = this.numbering.of(message);
    const most = this.amounts[this.kinds.indexOf(kind)];
    return most !== undefined && most >= amount;
  }

  with(message: Message): SentMessages {
    if (this.has(message)) return this;
    const { numbering, kinds, messages, amounts } = this;
    const { kind, amount } = numbering.of(message);
    const index = kinds.indexOf(kind);
    if (index >= 0)
      return new SentMessages(numbering, kinds, messages.with(index, message), amounts.with(index, amount));
    const later = kinds.findIndex((other) => other > kind);
    const at = later < 0 ? kinds.length : later;
    return new SentMessages(
      numbering,
      kinds.toSpliced(at, 0, kind),
      messages.toSpliced(at, 0, message),
      amounts.toSpliced(at, 0, amount),
    );
  }

  acknowledged(viewNumber: number, replica: number): number {
    const acknowledged = this.messages.find(
      (message) =>
        message.type === 'PREPAREOK' && message.viewNumber === viewNumber && message.replica === replica,
    );
    return acknowledged?.type === 'PREPAREOK' ? acknowledged.opNumber : 0;
  }

  confirmed(viewNumber: number, replica: number): number {
    const confirmed = this.messages.find(
      (message) =>
        message.type === 'COMMITOK' && message.viewNumber === viewNumber && message.replica === replica,
    );
    return confirmed?.type === 'COMMITOK' ? confirmed.round : 0;
  }

  /** What distinguishes this set from other sets of the exploration. */
  get key(): string {
    return this.kinds.map((kind, index) => `${kind}:${this.amounts[index]}`).join();
  }
}
