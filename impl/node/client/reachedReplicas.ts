import type { StatusReport } from '../tcp/handshake.ts';

type Status = StatusReport['status'];

/** Why a replica serves no request by itself now, as part of a sentence about it. */
const meanings: Readonly<Record<Exclude<Status, 'normal'>, string>> = {
  bootstrapping: 'waits for the group to be founded, for which all its members must run',
  'view-change': 'changes its view',
  'state-transfer': 'fetches entries that it lacks',
  recovering: 'recovers what it has lost from the others, of which a quorum must be normal',
};

/** What a client knows of the replicas: which are connected, what they say of themselves, and why others are not reached. */
export class ReachedReplicas {
  private readonly size: number;
  private readonly quorum: number;
  private readonly connected = new Set<number>();
  /** Those that are connected, and have answered nothing for a while. */
  private readonly silent = new Set<number>();
  private readonly statuses = new Map<number, Status>();
  /** What keeps a replica from taking part, as it says itself, in sentences. */
  private readonly outages = new Map<number, string>();
  /** Why the latest attempt to reach a replica has failed. */
  private readonly lost = new Map<number, string>();
  /** Why a replica serves this client on no connection, as part of a sentence about it: it closes each, or another one is at its address. */
  private readonly refused = new Map<number, string>();
  /** Why a replica has said that it closes the connection. */
  private readonly goodbyes = new Map<number, string>();
  private wasWelcome = false;

  /** `quorum`: how many replicas must be normal for requests to be executed. */
  constructor(size: number, quorum: number) {
    this.size = size;
    this.quorum = quorum;
  }

  get areAnyConnected(): boolean {
    return this.connected.size > 0;
  }

  isConnected(number: number): boolean {
    return this.connected.has(number);
  }

  /** Whether the replica is connected, and has answered of late. */
  answers(number: number): boolean {
    return this.connected.has(number) && !this.silent.has(number);
  }

  /** This replica if it answers, or else one that does, and that can pass a message on to it. */
  routeTo(number: number): number {
    return [number, ...this.numbers()].find((other) => this.answers(other)) ?? number;
  }

  /** Whether the latest attempt to reach the replica has failed. */
  isUnreachable(number: number): boolean {
    return this.lost.has(number);
  }

  /** The replica has welcomed this client. Yields whether its connection had been lost. */
  onWelcome(number: number): boolean {
    this.wasWelcome = true;
    this.connected.add(number);
    this.refused.delete(number);
    return this.lost.delete(number);
  }

  /** The replica will close the connection. One that has not welcomed this client refuses it, unless it only has no slot for it now. */
  onGoodbye(number: number, reason: string, isFull = false): void {
    this.goodbyes.set(number, reason);
    if (!this.connected.has(number) && !isFull) this.refused.set(number, `closed the connection: ${reason}`);
  }

  /** Another replica answers at the address of this one, which may be found there later. */
  onMisled(number: number, other: number): void {
    this.goodbyes.set(number, `replica ${other} answers at its address`);
    this.refused.set(
      number,
      `is not at its address, where replica ${other} answers: write the addresses in the order that the servers have`,
    );
  }

  onLost(number: number, reason: string): void {
    this.connected.delete(number);
    this.silent.delete(number);
    this.statuses.delete(number);
    this.outages.delete(number);
    this.lost.set(number, this.goodbyes.get(number) ?? reason);
    this.goodbyes.delete(number);
  }

  onSilent(number: number): void {
    this.silent.add(number);
  }

  /** The replica has answered. Yields whether it had been silent. */
  onAnswer(number: number): boolean {
    return this.silent.delete(number);
  }

  onStatus(number: number, status: Status | undefined, outage: string | undefined): void {
    if (status !== undefined) this.statuses.set(number, status);
    if (outage === undefined) this.outages.delete(number);
    else this.outages.set(number, outage);
  }

  /**
   * Why no replica will ever serve this client, as sentences: all of them refuse it, or are not at their addresses, or all that can be
   * reached when it begins. Undefined while another one may.
   */
  whyRefused(): string | undefined {
    const others = this.numbers().filter((number) => !this.refused.has(number));
    const isRefused =
      others.length === 0 || (!this.wasWelcome && others.every((other) => this.lost.has(other)));
    if (this.refused.size === 0 || !isRefused) return undefined;
    const reasons = [...new Set(this.refused.values())].map((reason) => {
      const numbers = [...this.refused.keys()].filter((number) => this.refused.get(number) === reason);
      return `${numbers.length === 1 ? 'Replica' : 'Replicas'} ${numbers.toSorted().join(', ')} ${reason}.`;
    });
    return [...reasons, ...others.map((number) => `Replica ${number}: ${this.lost.get(number)}.`)].join(' ');
  }

  /**
   * What keeps requests from being executed, as sentences that each begin with a space; empty if nothing is known. `told`: what
   * replicas have said themselves, as parts of sentences.
   */
  problems(told: ReadonlyMap<number, string> = new Map()): string {
    const sentences = this.numbers().flatMap((number) => {
      const reason = told.get(number);
      return this.problemOf(number) ?? (reason === undefined ? [] : `Replica ${number}: ${reason}.`);
    });
    const normal = this.numbers().filter((number) => this.statuses.get(number) === 'normal').length;
    if (sentences.length > 0 && normal < this.quorum)
      sentences.push(`Normal replicas: ${normal} of ${this.size}, and requests need ${this.quorum}.`);
    for (const outage of new Set(this.outages.values())) {
      const told = this.numbers().filter((number) => this.outages.get(number) === outage);
      sentences.push(`${told.length === 1 ? 'Replica' : 'Replicas'} ${told.join(', ')}: ${outage}`);
    }
    return sentences.map((sentence) => ` ${sentence}`).join('');
  }

  private problemOf(number: number): string | undefined {
    const lost = this.lost.get(number);
    if (lost !== undefined) return `Replica ${number}: ${lost}.`;
    if (this.silent.has(number)) return `Replica ${number} is silent.`;
    const status = this.statuses.get(number) ?? 'normal';
    return status === 'normal' ? undefined : `Replica ${number} ${meanings[status]}.`;
  }

  private numbers(): readonly number[] {
    return Array.from({ length: this.size }, (_, number) => number);
  }
}
