import { type Clock, processClock } from '../platform/clock.ts';
import type { Unwatch, WatchAnswer, WatchEvent, WatchRequest } from '../watch/watchMessages.ts';
import { onAbort } from './abortListeners.ts';
import { WatchError } from './errors.ts';
import { deadlineProblem } from './pendingRequest.ts';

/** From where a watch tells changes, and until when. */
export interface WatchOptions {
  /** Tells the changes after this op-number. By default those that the replica that is asked first executes from now on. */
  readonly after?: number | undefined;
  /** Ends the watch when it is aborted, without an error. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the watch must have begun; by default the deadline of the client. After that it waits without end. */
  readonly deadline?: number | undefined;
}

/** The connections of a client, as its watches use them. `Frame`: a message as they carry it. */
export interface WatchConnections<Frame> {
  /** The number of replicas. */
  readonly size: number;
  /** Milliseconds until replicas that could not answer are asked again. */
  readonly delay: number;
  /** Throws a RangeError if the message is too long. */
  frameOf(message: WatchRequest | Unwatch): Frame;
  /** Yields whether the frame leaves. */
  send(to: number, frame: Frame): boolean;
  /** Whether the replica is connected, and not silent. */
  isConnected(number: number): boolean;
  /** Whether the latest attempt to reach the replica has failed. */
  isUnreachable(number: number): boolean;
  /** The present problems, as sentences that each begin with a space. `told`: why replicas could not answer, as parts of sentences. */
  problems(told: ReadonlyMap<number, string>): string;
}

type Told = Extract<WatchAnswer, { readonly type: 'changes' }>;
type Untold = Exclude<WatchAnswer, Told>;

/** A question for changes that is not answered yet. */
interface Question<Frame> extends WatchRequest {
  readonly frame: Frame;
  /** The replica that was asked. */
  at: number | undefined;
  /** The replicas that could not answer, and how often all of them were asked again. */
  readonly tried: Map<number, Untold>;
  rounds: number;
  /** Why each replica could not answer, the last time. */
  readonly reasons: Map<number, string>;
  readonly resolve: (told: Told | undefined) => void;
  readonly reject: (error: WatchError) => void;
}

/** So often replicas that are not normal are asked again before the others' word that changes are gone is taken. */
const mostRounds = 20;

/**
 * The watches of a client. Each asks one replica for the changes after those that it has told, whenever its program wants more. If
 * that replica is lost, or cannot answer, it asks another one. Any of them will do: what one has executed is committed, and has that
 * op-number at all of them.
 */
export class ClientWatches<Frame> {
  private readonly connections: WatchConnections<Frame>;
  private readonly clock: Clock;
  private readonly replicas: readonly number[];
  private readonly questions = new Map<number, Question<Frame>>();
  private asked = 0;
  /** The replica that was asked last. */
  private latest = 0;
  private stopRetry: (() => void) | undefined;
  private closed: WatchError | undefined;

  constructor(connections: WatchConnections<Frame>, clock: Clock = processClock) {
    this.connections = connections;
    this.clock = clock;
    this.replicas = Array.from({ length: connections.size }, (_, number) => number);
  }

  /** The changes of the key: see `ClusterClient.watch`. */
  watch(
    key: string,
    options: WatchOptions & { readonly deadline: number },
  ): AsyncGenerator<WatchEvent, void, undefined> {
    const { after, deadline } = options;
    const problem = deadlineProblem(deadline);
    if (problem !== undefined) throw problem;
    if (typeof key !== 'string') throw new TypeError('A watch is of one key, which is a string.');
    if (after !== undefined && !(Number.isSafeInteger(after) && after >= 0))
      throw new RangeError(`after is ${String(after)}: give an op-number, a whole number from 0.`);
    return this.tell(key, options);
  }

  private async *tell(
    key: string,
    { after: from, signal, deadline }: WatchOptions & { readonly deadline: number },
  ): AsyncGenerator<WatchEvent, void, undefined> {
    let after = from ?? null;
    for (let waits = false; !signal?.aborted; waits = true) {
      const told = await this.ask({ key, after, waits }, waits ? Number.POSITIVE_INFINITY : deadline, signal);
      if (told === undefined) return;
      after = told.opNumber;
      if (told.events.length === 0) yield { opNumber: after, changes: [] };
      for (const event of told.events) {
        if (signal?.aborted) return;
        yield event;
      }
    }
  }

  /** Whether no answer is awaited. */
  get isIdle(): boolean {
    return this.questions.size === 0;
  }

  /** The connection to this replica was made, or lost, or the replica fell silent, or answers again. */
  connectionChanged(number: number): void {
    for (const question of this.questions.values()) {
      // A replica that is only silent must not keep a place for the question.
      if (question.at === number) this.takeBack(question);
      this.proceed(question);
    }
  }

  /** A replica answers. Throws an Error if no correct replica answers so. */
  receive(from: number, answer: WatchAnswer): void {
    const question = this.questions.get(answer.id);
    if (question?.at !== from) return;
    if (answer.type === 'changes') {
      if (!follows(question, answer)) throw new Error('these are not the changes that were asked for');
      return question.resolve(answer);
    }
    if (answer.because === 'refused')
      return question.reject(
        new WatchError('refused', `Replica ${from} refuses the watch: ${answer.reason}.`),
      );
    question.at = undefined;
    question.tried.set(from, answer);
    question.reasons.set(from, answer.reason);
    this.proceed(question);
  }

  /** Ends all watches. `problem`: the error because of which the client ends. */
  close(problem: Error | undefined): void {
    const { message } = problem ?? { message: 'The client was closed.' };
    this.closed ??= new WatchError('closed', message, undefined, problem);
    this.stopRetry?.();
    for (const question of this.questions.values()) question.reject(this.closed);
  }

  /** Yields undefined if the signal is aborted. */
  private ask(
    what: Pick<WatchRequest, 'key' | 'after' | 'waits'>,
    deadline: number,
    signal: AbortSignal | undefined,
  ): Promise<Told | undefined> {
    if (this.closed !== undefined) return Promise.reject(this.closed);
    const request: WatchRequest = { type: 'watch', id: this.asked++, ...what };
    return new Promise((resolve, reject) => {
      const frame = this.connections.frameOf(request);
      const settle = (outcome: () => void): void => {
        this.questions.delete(request.id);
        stopTimer();
        stopListening();
        outcome();
      };
      const question: Question<Frame> = {
        ...{ ...request, frame, at: undefined, tried: new Map(), rounds: 0, reasons: new Map() },
        resolve: (told) => settle(() => resolve(told)),
        reject: (error) => settle(() => reject(error)),
      };
      const stopListening = onAbort(signal, () => this.giveUp(question, () => question.resolve(undefined)));
      const stopTimer = this.clock.after(deadline, () => {
        const problems = this.connections.problems(question.reasons);
        const text = `No replica has begun the watch in ${deadline} ms.${problems}`;
        this.giveUp(question, () => question.reject(new WatchError('deadline', text)));
      });
      this.questions.set(request.id, question);
      this.proceed(question);
    });
  }

  private giveUp(question: Question<Frame>, settle: () => void): void {
    this.takeBack(question);
    settle();
  }

  private takeBack(question: Question<Frame>): void {
    const { id, at } = question;
    question.at = undefined;
    if (at !== undefined) this.connections.send(at, this.connections.frameOf({ type: 'unwatch', id }));
  }

  /** Asks a replica, unless one has been asked. If none can tell the changes, rejects. */
  private proceed(question: Question<Frame>): void {
    const { at, tried, frame, rounds } = question;
    const { connections, replicas } = this;
    if (at !== undefined) return;
    const next = [this.latest, ...replicas].find(
      (number) => connections.isConnected(number) && !tried.has(number) && connections.send(number, frame),
    );
    if (next !== undefined) {
      question.at = next;
      this.latest = next;
      return;
    }
    const compacted = [...tried.values()].filter(({ because }) => because === 'compacted');
    const mayKnow = (number: number): boolean =>
      tried.has(number)
        ? tried.get(number)?.because === 'unavailable' && rounds < mostRounds
        : !connections.isUnreachable(number);
    if (compacted.length > 0 && !replicas.some(mayKnow))
      return question.reject(compactedError(question, compacted));
    this.stopRetry ??= this.clock.after(connections.delay, () => this.askAgain());
  }

  private askAgain(): void {
    this.stopRetry = undefined;
    for (const question of this.questions.values()) {
      if (question.at !== undefined) continue;
      question.rounds++;
      for (const [number, { because }] of question.tried)
        if (because === 'unavailable') question.tried.delete(number);
      this.proceed(question);
    }
  }
}

/** Whether the answer holds changes of this key only, in the order of the log, and none that was told before. */
function follows({ key, after }: WatchRequest, answer: Told): boolean {
  const numbers = [after ?? 0, ...answer.events.map(({ opNumber }) => opNumber)];
  return (
    answer.after === after &&
    numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0)) &&
    (numbers.at(-1) ?? 0) <= answer.opNumber &&
    answer.events.every(({ changes }) => changes.length > 0 && changes.every((change) => change.key === key))
  );
}

function compactedError({ key }: WatchRequest, compacted: readonly Untold[]): WatchError {
  const [best] = compacted.toSorted((one, other) => one.since - other.since);
  const text = `No replica has all changes of ${JSON.stringify(key)}: ${best?.reason}. Read the value, and watch from there.`;
  return new WatchError('compacted', text, best?.since);
}
