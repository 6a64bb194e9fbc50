import {
  beginning,
  broken,
  type Group,
  type Log,
  type Message,
  type NewState,
  next,
  type Prepare,
  protocol,
  type Replica,
  type State,
  type Step,
} from '../../spec/protocol/index.ts';
import { Heard } from './heard.ts';
import { LogNames } from './logNames.ts';
import { type Problem, problemOf } from './problem.ts';
import { PromiseJudge } from './promiseJudge.ts';
import { SentSet } from './sentSet.ts';
import { References } from './statements.ts';

/** How many changes of its views a message of a replica may wait for. */
const longestPast = 100;

/** A message that a replica sends. */
export type SentMessage = (Step & { readonly action: 'send' })['message'];

/** The whole group while its run is followed: a state of the specification, in which every step is taken by its rules. */
export class Run {
  state: State;
  readonly references: References;
  readonly promise: PromiseJudge;
  /** By replica: what it has heard since it started. */
  readonly heard: Heard[];
  /** By view: the message with the longest log of it that was sent to any replica. */
  readonly longest = new Map<number, Prepare | NewState>();
  /** By replica: what it was before each change of its views since it started. */
  private readonly past = new Map<number, Replica[]>();
  /** How many steps of the specification were taken, by the name of the action or the message. */
  readonly taken = new Map<string, number>();
  /** Whether the storage of every replica is known. */
  isWholeKnown = true;
  /** By view: the logs up to the end of a piece. */
  private readonly pieces = new Map<number, Set<Log>>();
  private readonly initial: Replica;

  constructor(group: Group) {
    const names = new LogNames();
    this.references = new References(names);
    this.state = beginning(group, new SentSet(), [], names.empty);
    this.promise = new PromiseJudge(group);
    this.heard = this.state.replicas.map(() => new Heard());
    this.initial = this.replica(0);
  }

  replica(number: number): Replica {
    const replica = this.state.replicas[number];
    if (replica === undefined) throw new RangeError(`There is no replica ${number}.`);
    return replica;
  }

  heardBy(number: number): Heard {
    const heard = this.heard[number];
    if (heard === undefined) throw new RangeError(`There is no replica ${number}.`);
    return heard;
  }

  /** Takes a step, or says which rule forbids it. */
  take(step: Step): Problem | undefined {
    const about = step.action === 'send' ? step.message.type : step.action;
    const reason = broken(protocol, this.state, step);
    if (reason !== undefined) return problemOf(reason, about);
    this.notePast(step);
    this.state = next(protocol, this.state, step);
    this.count(about, 1);
    if (step.action === 'send') this.noteLog(step.message);
    return undefined;
  }

  /** Whether the rules allow the step now. */
  allows(step: Step): boolean {
    return broken(protocol, this.state, step) === undefined;
  }

  /** Executes as many entries, up to this one, as the evidence allows: each of these steps is allowed if the last one is. */
  execute(step: Step & { readonly action: 'execute' }, wanted: number): Problem | undefined {
    const { replica: number, evidence } = step;
    const before = this.replica(number);
    const [news] = evidence;
    const upTo =
      news !== undefined && 'commitNumber' in news
        ? Math.min(wanted, news.commitNumber, before.log.length)
        : before.commitNumber + 1;
    this.set(number, { ...before, commitNumber: upTo - 1 });
    const problem = this.take(step);
    if (problem !== undefined) {
      this.set(number, before);
      return problem;
    }
    this.count('execute', upTo - 1 - before.commitNumber);
    const executed = before.log.first(upTo);
    return executed && (this.promise.execute(executed) ?? this.survival());
  }

  /** The replica as it was before the group was founded. */
  reset(number: number): void {
    this.set(number, this.initial);
  }

  /** Takes a message as sent without judging it. */
  assume(message: Message): void {
    this.state.sent.with(message);
    this.noteLog(message);
    if (message.type !== 'STARTVIEW') return;
    const { viewNumber, log } = message;
    if (this.state.started[viewNumber] !== undefined) return;
    const started = Array.from({ length: Math.max(this.state.started.length, viewNumber + 1) }, (_, view) =>
      view === viewNumber ? log : this.state.started[view],
    );
    this.state = { ...this.state, started };
  }

  /** Takes a piece of a log as sent. No view is taken up with it. */
  assumePiece({ viewNumber, log }: Pick<NewState, 'viewNumber' | 'log'>): void {
    const ofView = this.pieces.get(viewNumber) ?? new Set();
    this.pieces.set(viewNumber, ofView.add(log));
  }

  /** Whether the message was sent, as a whole or as a piece. */
  wasSent(message: Message): boolean {
    if (this.state.sent.has(message)) return true;
    return message.type === 'NEWSTATE' && this.pieces.get(message.viewNumber)?.has(message.log) === true;
  }

  /** Whether the replica has held what the message tells, before the last change of its views. */
  wasTrue(number: number, message: SentMessage): boolean {
    const { commitNumber: executed } = this.replica(number);
    const past = this.past.get(number) ?? [];
    switch (message.type) {
      case 'DOVIEWCHANGE': {
        const { viewNumber, lastNormalView, log, commitNumber } = message;
        const isVote = (one: Replica) =>
          one.viewNumber === viewNumber && one.lastNormalView === lastNormalView && one.log === log;
        return commitNumber <= executed && past.some(isVote);
      }
      case 'STARTVIEW':
      case 'NEWSTATE':
      case 'RECOVERYRESPONSE': {
        const { viewNumber, log } = message;
        const first = this.state.started[viewNumber];
        const isOfLog = (one: Replica) =>
          one.lastNormalView === viewNumber && (log === undefined || log.begins(one.log));
        const isWhole = log === undefined || first?.begins(log) === true;
        return (
          ('commitNumber' in message ? message.commitNumber : 0) <= executed && isWhole && past.some(isOfLog)
        );
      }
      default:
        return false;
    }
  }

  /** From now on the storage of some replica is not known. */
  loseSight(): void {
    this.isWholeKnown = false;
  }

  /** Whether everything executed would survive the loss of any f replicas now. */
  survival(): Problem | undefined {
    if (!this.isWholeKnown) return undefined;
    return this.promise.survival(this.state);
  }

  private notePast(step: Step): void {
    if (step.action === 'restart') this.past.delete(step.replica);
    if (step.action !== 'enter-view' && step.action !== 'start-view' && step.action !== 'adopt') return;
    const before = this.replica(step.replica);
    this.past.set(step.replica, [...(this.past.get(step.replica) ?? []).slice(-longestPast), before]);
  }

  private count(name: string, times: number): void {
    this.taken.set(name, (this.taken.get(name) ?? 0) + times);
  }

  private set(number: number, replica: Replica): void {
    this.state = { ...this.state, replicas: this.state.replicas.with(number, replica) };
  }

  private noteLog(message: Message): void {
    if (message.type !== 'PREPARE' && message.type !== 'NEWSTATE') return;
    const known: Log | undefined = this.longest.get(message.viewNumber)?.log;
    if (message.log.length > (known?.length ?? -1)) this.longest.set(message.viewNumber, message);
  }
}
