import type { NewState, Replica } from '../../spec/protocol/index.ts';
import type { Line, TracedMessage } from './format/line.ts';
import { contradiction, type Problem } from './problem.ts';
import type { Run, SentMessage } from './run.ts';
import { assumedStatement, commitIn, statementOf } from './statements.ts';

type Traced = NonNullable<Line['sent']>[number];

/** A message that a step sends, and what it states. */
interface Outgoing {
  readonly message: TracedMessage;
  readonly statement: SentMessage;
}

/** The messages that one step of a replica sends. Each is judged once. */
export class Outbox {
  /** How many were not judged, because they had waited for a write and their sender has moved on. */
  late = 0;
  private waiting: readonly Traced[];
  private readonly run: Run;
  private readonly number: number;

  constructor(run: Run, number: number, sent: readonly Traced[]) {
    this.run = run;
    this.number = number;
    this.waiting = sent;
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** Sends what may be sent now: a message that waited for a write may leave as soon as it is durable. */
  sendAllowed(): void {
    if (this.waiting.length > 0) this.waiting = this.waiting.filter((one) => !this.isAllowed(one));
  }

  /** Sends the rest, or says which rule forbids a message. */
  sendAll(hasWaited: boolean): Problem | undefined {
    for (const one of this.waiting) {
      const problem = this.send(one, hasWaited);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  private isAllowed(traced: Traced): boolean {
    const outgoing = this.outgoing(traced);
    if (typeof outgoing !== 'object' || 'rule' in outgoing) return false;
    const step = { action: 'send', replica: this.number, message: outgoing.statement } as const;
    if (!this.run.allows(step)) return false;
    return this.send(traced, false) === undefined;
  }

  private send(traced: Traced, hasWaited: boolean): Problem | undefined {
    const { run, number } = this;
    const outgoing = this.outgoing(traced);
    if (outgoing === undefined || 'rule' in outgoing) return outgoing;
    const { message, statement } = outgoing;
    if (statement.type === 'NEWSTATE' && this.isPiece(statement)) {
      run.assumePiece(statement);
      const { viewNumber, commitNumber } = statement;
      const news = { type: 'COMMIT', viewNumber, commitNumber } as const;
      return run.take({ action: 'send', replica: number, message: news });
    }
    const problem = run.take({ action: 'send', replica: number, message: statement });
    if (problem !== undefined) {
      const isLate = hasWaited && isOutdated(statement, run.replica(number));
      if (!isLate || !run.wasTrue(number, statement)) return problem;
      run.assume(statement);
      this.late += 1;
      return undefined;
    }
    const news = commitIn(message);
    if (news !== undefined) return run.take({ action: 'send', replica: number, message: news });
    if (message.type === 'REPLY' || message.type === 'FAILED' || message.type === 'EVICTED')
      return run.promise.answer(message, run.replica(number).commitNumber);
    if (message.type === 'RECOVERY' && statement.type === 'RECOVERY') {
      run.references.noteRecovery(message.nonce, statement);
      run.heardBy(number).ask(message.nonce);
    }
    return message.type === 'CHECKPOINT' ? this.checkpointLog(message) : undefined;
  }

  /** What the replica states by the message, or undefined if that is nothing. */
  private outgoing({ message, to }: Traced): Outgoing | Problem | undefined {
    const { run, number } = this;
    const [first] = to ?? [];
    const replica = run.replica(number);
    switch (message.type) {
      case 'REPLY':
      case 'FAILED':
      case 'EVICTED': {
        const { clientId, requestNumber } = message;
        const log = run.promise.logOf(clientId, requestNumber, replica.commitNumber) ?? replica.log;
        return { message, statement: { type: 'REPLY', clientId, requestNumber, log } };
      }
      case 'RECOVERY': {
        const { incarnation: nonce } = replica;
        const { viewNumber } = message;
        const asked = { type: 'RECOVERY', replica: number, nonce, viewNumber, generation: 0 } as const;
        return { message, statement: asked };
      }
      case 'JOIN':
        return contradiction('JOIN', 'It takes part in the group, and asks how to.');
      default: {
        const statement = statementOf(message, number, first ?? number, run.references);
        if (statement === 'unknown')
          return contradiction(message.type, 'It names a log, or a question, that no line has shown.');
        return statement === undefined || statement.type === 'REQUEST' || statement.type === 'READ'
          ? undefined
          : { message, statement };
      }
    }
  }

  /** Whether it is a part of a log, too short to take up a view with. */
  private isPiece({ viewNumber, log }: NewState): boolean {
    const first = this.run.state.started[viewNumber];
    const { lastNormalView, log: own } = this.run.replica(this.number);
    return (
      first !== undefined && lastNormalView === viewNumber && log.length < first.length && log.begins(own)
    );
  }

  /** A checkpoint stands for entries that its sender has executed. Its receiver takes them as if they had been sent. */
  private checkpointLog({ viewNumber, log: name }: TracedMessage & { readonly type: 'CHECKPOINT' }) {
    const { run, number } = this;
    const { log, commitNumber } = run.replica(number);
    const told = run.references.names.find(name);
    if (told === undefined || !told.begins(log))
      return contradiction('CHECKPOINT', 'The checkpoint is of another log than its sender holds.');
    const message = { type: 'NEWSTATE', viewNumber, log, commitNumber } as const;
    if (run.allows({ action: 'send', replica: number, message }))
      return run.take({ action: 'send', replica: number, message });
    return undefined;
  }
}

/** Takes the messages of a replica that is not judged as sent. */
export function assumeSent(run: Run, number: number, sent: readonly Traced[]): void {
  for (const { message, to } of sent) {
    if (message.type === 'JOIN') run.references.noteJoin(message.nonce, number);
    if (message.type === 'RECOVERY') {
      const { incarnation: nonce } = run.replica(number);
      const { viewNumber } = message;
      const asked = { type: 'RECOVERY', replica: number, nonce, viewNumber, generation: 0 } as const;
      run.references.noteRecovery(message.nonce, asked);
    }
    const statement = assumedStatement(message, number, to?.[0] ?? number, run.references);
    if (statement !== undefined) run.assume(statement);
    const news = commitIn(message);
    if (news !== undefined) run.assume(news);
  }
}

/**
 * Whether the sender has moved on while the message waited for a write. It was true when it was made, but the present state does
 * not show that.
 */
function isOutdated(message: SentMessage, { viewNumber, lastNormalView }: Replica): boolean {
  switch (message.type) {
    case 'DOVIEWCHANGE':
      return message.viewNumber < viewNumber || message.viewNumber === lastNormalView;
    case 'NEWSTATE':
      return message.viewNumber < lastNormalView;
    case 'STARTVIEW':
    case 'RECOVERYRESPONSE':
      return message.viewNumber < viewNumber;
    default:
      return false;
  }
}
