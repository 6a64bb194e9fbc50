import { Log, type Message, noLosses, type Recovery } from '../../spec/protocol/index.ts';
import type { TracedMessage } from './format/line.ts';
import type { LogNames } from './logNames.ts';

/** What the messages of a run refer to. */
export class References {
  readonly names: LogNames;
  /** By replica and nonce: the question of a recovering replica. */
  private readonly recoveries = new Map<string, Recovery>();
  /** The questions of replicas that take no part in their group, by replica and nonce. */
  private readonly joins = new Set<string>();

  constructor(names: LogNames) {
    this.names = names;
  }

  noteRecovery(nonce: string, asked: Recovery): void {
    this.recoveries.set(`${asked.replica} ${nonce}`, asked);
  }

  noteJoin(nonce: string, replica: number): void {
    this.joins.add(`${replica} ${nonce}`);
  }

  isJoin(nonce: string, replica: number): boolean {
    return this.joins.has(`${replica} ${nonce}`);
  }

  recovery(nonce: string, replica: number): Recovery | undefined {
    return this.recoveries.get(`${replica} ${nonce}`);
  }
}

/**
 * What a replica states by a message to another, or undefined if it states nothing that the protocol knows. `unknown`: the log or
 * the question to which it refers is not known.
 */
export function statementOf(
  message: TracedMessage,
  from: number,
  to: number,
  references: References,
): Message | 'unknown' | undefined {
  switch (message.type) {
    case 'REQUEST':
    case 'PREPARE':
    case 'STARTVIEW':
    case 'NEWSTATE': {
      if (message.type === 'REQUEST') return message;
      const { type, viewNumber, commitNumber } = message;
      const log = references.names.find(message.log);
      return log === undefined ? 'unknown' : { type, viewNumber, log, commitNumber };
    }
    case 'PREPAREOK':
    case 'STARTVIEWCHANGE':
      return { ...message, replica: from };
    case 'COMMIT':
      return message;
    case 'DOVIEWCHANGE': {
      const { type, viewNumber, lastNormalView, commitNumber } = message;
      const log = references.names.find(message.log);
      return log === undefined
        ? 'unknown'
        : { type, viewNumber, lastNormalView, log, commitNumber, replica: from, generations: noLosses };
    }
    case 'CHECKPOINT': {
      // So many entries are executed. The view is that of the sender's log.
      const { viewNumber, log } = message;
      return references.names.find(log) === undefined
        ? 'unknown'
        : { type: 'COMMIT', viewNumber, commitNumber: log.opNumber };
    }
    case 'RECOVERY':
      return references.recovery(message.nonce, from) ?? 'unknown';
    case 'RECOVERYRESPONSE': {
      const { type, nonce, viewNumber } = message;
      if (references.isJoin(nonce, to)) return undefined;
      const asked = references.recovery(nonce, to);
      const log = message.log === null ? undefined : references.names.find(message.log);
      if (asked === undefined || (message.log !== null && log === undefined)) return 'unknown';
      return { type, viewNumber, asked, log, replica: from, generations: noLosses };
    }
    case 'REPLY':
    case 'FAILED':
    case 'EVICTED':
    case 'JOIN':
    case 'OTHER':
      return undefined;
  }
}

/** What an answer to a recovering replica says of the commit-number. In the specification that is a message of its own. */
export function commitIn(message: TracedMessage): (Message & { readonly type: 'COMMIT' }) | undefined {
  if (message.type !== 'RECOVERYRESPONSE' || message.commitNumber === undefined) return undefined;
  return { type: 'COMMIT', viewNumber: message.viewNumber, commitNumber: message.commitNumber };
}

/** The same, with a log of so many entries that is equal to no other where the log is not known. */
export function assumedStatement(
  message: TracedMessage,
  from: number,
  to: number,
  references: References,
): Message | undefined {
  const statement = statementOf(message, from, to, references);
  if (statement !== 'unknown') return statement;
  if (message.type !== 'DOVIEWCHANGE') return undefined;
  const { type, viewNumber, lastNormalView, log, commitNumber } = message;
  return {
    ...{ type, viewNumber, lastNormalView, commitNumber, replica: from },
    log: Log.unknown(log.opNumber),
    generations: noLosses,
  };
}
