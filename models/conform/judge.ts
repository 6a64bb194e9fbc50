import {
  isSame,
  Log,
  type Message,
  noLosses,
  type Replica,
  type Step,
  type Stored,
} from '../../spec/protocol/index.ts';
import { type Account, accountAfter, differenceOf, misplacedIn, specStateOf, textOf } from './account.ts';
import { explain } from './explain.ts';
import { isStart, type Line, type StartLine, type TracedMessage, type TracedStorage } from './format/line.ts';
import { Heard } from './heard.ts';
import { assumeSent, Outbox } from './outbox.ts';
import { contradiction, type Problem } from './problem.ts';
import type { Run } from './run.ts';
import { assumedStatement, commitIn, statementOf } from './statements.ts';

/** Follows one replica of a run, line by line. */
export class ReplicaJudge {
  /** Whether it has lost its storage: it is not judged any more. */
  isUnjudged = false;
  /** How many messages were not judged, because they had waited for a write and their sender had moved on. */
  late = 0;
  private account: Account | undefined;
  private hasStated = false;
  private readonly incarnations = new Set<number>();
  private readonly run: Run;
  private readonly number: number;

  constructor(run: Run, number: number) {
    this.run = run;
    this.number = number;
  }

  /** Whether the line can be judged: what it has received was sent in a line before. */
  isReady({ event }: Line): boolean {
    const { run, number } = this;
    if (event.type !== 'message' || event.from === undefined || !this.takesPart) return true;
    const { message, from } = event;
    if (message.type === 'REQUEST') return true;
    const statement = statementOf(message, from, number, run.references);
    return statement === undefined || (statement !== 'unknown' && run.wasSent(statement));
  }

  /** Takes what the line has received as sent. */
  assume({ event, log }: Line): void {
    if (event.type !== 'message' || event.from === undefined) return;
    const { run, number } = this;
    run.loseSight();
    if (log !== undefined) run.references.names.take(log);
    const statement = assumedStatement(event.message, event.from, number, run.references);
    if (statement !== undefined) run.assume(statement);
  }

  /** Judges the line, or says why it is not legal. */
  judge(line: Line): Problem | undefined {
    const { run, number } = this;
    const log = line.log === undefined ? this.account?.log : run.references.names.take(line.log);
    if (typeof log === 'string' && !this.isUnjudged) return contradiction('log', log);
    const before = this.account;
    const wrong = misplacedIn(line, before);
    if (wrong !== undefined) return wrong;
    const after = accountAfter(before, line, typeof log === 'object' ? log : run.state.empty);
    this.account = after;
    if (isStart(line)) {
      const problem = this.start(line, before, after);
      if (problem !== undefined) return problem;
    }
    if (!this.isUnjudged && before?.status === 'outside' && after.status !== 'outside') this.join(after);
    const sent = line.sent ?? [];
    if (this.isUnjudged) {
      run.loseSight();
      assumeSent(run, number, sent);
      return undefined;
    }
    if (after.status === 'outside') return this.outside(line);
    // It was stopped before, and does nothing but what its storage shows.
    if (after.status === 'halted' && (isStart(line) || before?.status === 'halted')) return undefined;
    return this.follow(line, after);
  }

  private get takesPart(): boolean {
    const status = this.account?.status;
    return !this.isUnjudged && (status === 'up' || status === 'recovering');
  }

  /** A replica that takes no part in its group only asks how to. */
  private outside({ sent = [] }: Line): Problem | undefined {
    const { run, number } = this;
    for (const { message } of sent) {
      if (message.type === 'JOIN') run.references.noteJoin(message.nonce, number);
      else if (message.type !== 'OTHER' && message.type !== 'REQUEST')
        return contradiction(message.type, 'A replica that takes no part in its group states nothing.');
    }
    return undefined;
  }

  /** A founder begins in view 0 with an empty log, as the specification does. Any other newcomer has lost its storage. */
  private join({ status, viewNumber, lastNormalView, log, commitNumber }: Account): void {
    const isFounder =
      status === 'up' && viewNumber === 0 && lastNormalView === 0 && log.length === 0 && commitNumber === 0;
    if (!isFounder) this.isUnjudged = true;
  }

  private start(line: StartLine, before: Account | undefined, after: Account): Problem | undefined {
    const { run, number } = this;
    if (before === undefined) {
      this.incarnations.add(line.incarnation);
      if (after.status !== 'outside') this.join(after);
      return undefined;
    }
    if (this.isUnjudged) return undefined;
    const isKnown = this.incarnations.has(line.incarnation);
    this.incarnations.add(line.incarnation);
    // Without its storage it cannot know the earlier ones.
    if (isKnown && line.stored !== null)
      return contradiction('incarnation', `An earlier start has the incarnation ${line.incarnation} too.`);
    if (line.stored === null) {
      // The storage never said that it takes part, and the others have heard nothing: the replica begins again.
      if (before.stored === null && !this.hasStated) run.reset(number);
      else this.isUnjudged = true;
      return undefined;
    }
    return this.restart(line.stored);
  }

  private restart(traced: TracedStorage): Problem | undefined {
    const { run, number } = this;
    const before = run.replica(number);
    if (before.status === 'up' && before.commitNumber > 0) {
      // What it knows to be committed stays true.
      const { lastNormalView: viewNumber, commitNumber } = before;
      const news = { type: 'COMMIT', viewNumber, commitNumber } as const;
      run.take({ action: 'send', replica: number, message: news });
      run.heardBy(number).take(news, before);
    }
    const found = this.storedOf(traced);
    const isDamaged = run.state.group.mode === 'durable' && found.log === undefined;
    const all = [before.disk, ...before.writes];
    const survivors = all.findIndex(
      (stored) => isSame(stored, found) || (isDamaged && stored.viewNumber === found.viewNumber),
    );
    if (survivors < 0)
      return {
        rule: 'storage-is-kept',
        sentence: `A replica comes back with what was durable, or with writes after it: ${all.map(textOf).join(', or ')}.`,
        section: 'stable storage',
        about: 'restart',
      };
    run.heard[number] = new Heard(run.heardBy(number));
    return (
      run.take({ action: 'crash', replica: number, survivors, isDamaged }) ??
      run.take({ action: 'restart', replica: number }) ??
      run.survival()
    );
  }

  private follow(line: Line, account: Account): Problem | undefined {
    const { run, number } = this;
    const outbox = new Outbox(run, number, line.sent ?? []);
    if (!outbox.isEmpty) this.hasStated = true;
    const wrong = run.promise.resultsOf(line.executed ?? [], account.commitNumber);
    if (wrong !== undefined) return wrong;
    this.hear(line);
    const stored = account.stored === null ? undefined : this.storedOf(account.stored);
    this.persist(stored, outbox);
    const problem = this.explain(account, () => this.persist(stored, outbox));
    if (problem !== undefined) return problem;
    this.persist(stored, outbox);
    const difference = differenceOf(run.replica(number), account, stored);
    if (difference !== undefined) return difference;
    const { log, commitNumber } = run.replica(number);
    if (!run.promise.isKept(log, commitNumber))
      return {
        rule: 'one-order',
        sentence: `Its log is without entries that it has executed, of which there are ${commitNumber}.`,
        section: 'spec/promise',
        about: 'log',
      };
    const refused = outbox.sendAll(line.event.type === 'durable');
    this.late += outbox.late;
    return refused;
  }

  private hear({ event }: Line): void {
    if (event.type !== 'message') return;
    const { run, number } = this;
    const { message, from } = event;
    const statement: Message | 'unknown' | undefined = statementOf(
      message,
      from ?? number,
      number,
      run.references,
    );
    if (statement === undefined || statement === 'unknown') return;
    this.hearLog(message);
    // Clients are not traced: what arrives was sent.
    if (statement.type === 'REQUEST') run.assume(statement);
    else if (statement.type === 'RECOVERYRESPONSE' && message.type === 'RECOVERYRESPONSE') {
      run.heardBy(number).takeAnswer(statement, message.nonce);
      const news = commitIn(message);
      if (news !== undefined) run.heardBy(number).take(news, run.replica(number));
    } else if (statement.type === 'NEWSTATE' && !run.state.sent.has(statement)) {
      // Of a piece only the commit-number counts.
      const { viewNumber, commitNumber } = statement;
      run.heardBy(number).take({ type: 'COMMIT', viewNumber, commitNumber }, run.replica(number));
    } else if (run.wasSent(statement)) run.heardBy(number).take(statement, run.replica(number));
  }

  /** Notes how far the message tells the log of its view. */
  private hearLog(message: TracedMessage): void {
    if (message.type === 'DOVIEWCHANGE' || !('log' in message) || message.log === null) return;
    const { run, number } = this;
    const log = run.references.names.find(message.log);
    if (log !== undefined) run.heardBy(number).takeTold(log, message.viewNumber);
  }

  /** Makes writes durable until storage holds this. If it is not among them, it is a later write: they all come before. */
  private persist(stored: Stored | undefined, outbox: Outbox): void {
    if (stored === undefined) return;
    const { run, number } = this;
    const { disk, writes } = run.replica(number);
    if (isSame(disk, stored)) return;
    const found = writes.findIndex((write) => isSame(write, stored));
    const count = found < 0 ? writes.length : found + 1;
    for (let index = 0; index < count; index++) {
      run.take({ action: 'persist', replica: number });
      outbox.sendAllowed();
    }
  }

  /** Takes the steps that lead to the account. `persist` is called after each: what is stored may be stored within the line. */
  private explain(account: Account, persist: () => void): Problem | undefined {
    const { run, number } = this;
    const target: Replica = { ...run.replica(number), ...specStateOf(account) };
    for (;;) {
      const { state, longest } = run;
      const grounds = { number, state, heard: run.heardBy(number), longest };
      const present = run.replica(number);
      const step = explain(grounds, present, target);
      if (step === undefined) return undefined;
      const problem = this.takeWithOwn(step, target.commitNumber);
      if (problem !== undefined) return problem;
      persist();
    }
  }

  /** Takes the step. Its own vote, and its own acknowledgement, a replica sends to itself within it. */
  private takeWithOwn(step: Step, commitNumber: number): Problem | undefined {
    const { run, number } = this;
    if (step.action === 'start-view')
      for (const message of step.votes) {
        const isOwn = message.replica === number;
        const problem = isOwn ? run.take({ action: 'send', replica: number, message }) : undefined;
        if (problem !== undefined) return problem;
      }
    if (step.action !== 'execute') return run.take(step);
    // What it may not state of itself is no evidence.
    const evidence = step.evidence.filter(
      (message) =>
        message.type !== 'PREPAREOK' ||
        message.replica !== number ||
        run.take({ action: 'send', replica: number, message }) === undefined,
    );
    return run.execute({ ...step, evidence }, commitNumber);
  }

  private storedOf({ viewNumber, lastNormalView, log }: TracedStorage): Stored {
    const held =
      log === null ? undefined : (this.run.references.names.find(log) ?? Log.unknown(log.opNumber));
    // Traces do not tell what is known of lost storages.
    return { viewNumber, lastNormalView, log: held, generations: noLosses };
  }
}
