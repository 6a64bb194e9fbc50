import {
  type DoViewChange,
  type Entry,
  type Log,
  type Message,
  noLosses,
  type PrepareOk,
  type Recovery,
  type RecoveryResponse,
  type Request,
  type Step,
} from '../../../../spec/protocol/index.ts';

/** Steps of scripts, in few words. */

/** A log without entries grows to one with these, in this order. */
export function logOf(empty: Log, ...entries: readonly Entry[]): Log {
  return entries.reduce((log, entry) => log.with(entry), empty);
}

/** The entry of a request of a client that needs no registration. */
export function entryOf(clientId: string, requestNumber: number, time = requestNumber): Entry {
  const operation = `${clientId}.${requestNumber}`;
  return { clientId, session: 0, requestNumber, operation, predicted: { time, random: 0 } };
}

/** The request that becomes this entry. */
export function requestOf({ predicted: _, ...asked }: Entry): Request {
  return { type: 'REQUEST', ...asked };
}

export function submitting(clientId: string, requestNumber: number): Step {
  return { action: 'submit', clientId, operation: `${clientId}.${requestNumber}` };
}

export function ordering(replica: number, ...entries: readonly Entry[]): readonly Step[] {
  return entries.map((entry) => ({
    action: 'order',
    replica,
    request: requestOf(entry),
    predicted: entry.predicted,
  }));
}

export function persisting(...replicas: readonly number[]): readonly Step[] {
  return replicas.map((replica) => ({ action: 'persist', replica }));
}

/** The replica moves to the view, by its disk too. */
export function entering(replica: number, viewNumber: number): readonly Step[] {
  return [{ action: 'enter-view', replica, viewNumber }, ...persisting(replica)];
}

export function sending(replica: number, message: Exclude<Message, { type: 'REQUEST' | 'READ' }>): Step {
  return { action: 'send', replica, message };
}

/** Messages that name their sender are sent. */
export function said(
  ...messages: readonly (Exclude<Message, { type: 'REQUEST' | 'READ' }> & { readonly replica: number })[]
): readonly Step[] {
  return messages.map((message) => sending(message.replica, message));
}

export function prepareOf(viewNumber: number, log: Log) {
  return { type: 'PREPARE', viewNumber, log, commitNumber: 0 } as const;
}

export function startViewOf(viewNumber: number, log: Log) {
  return { type: 'STARTVIEW', viewNumber, log, commitNumber: 0 } as const;
}

/** The vote of a replica, with its log of the view in which it was last normal. */
export function voteOf(
  viewNumber: number,
  replica: number,
  log: Log,
  lastNormalView = 0,
  generations = noLosses,
) {
  const numbers = { viewNumber, lastNormalView, commitNumber: 0 } as const;
  return { type: 'DOVIEWCHANGE', ...numbers, log, replica, generations } as const;
}

export function acknowledgementsOf(
  viewNumber: number,
  opNumber: number,
  replicas: readonly number[],
): readonly PrepareOk[] {
  return replicas.map((replica) => ({ type: 'PREPAREOK', viewNumber, opNumber, replica }));
}

export function accepting(replica: number, viewNumber: number, log: Log): readonly Step[] {
  const message = prepareOf(viewNumber, log);
  return [{ action: 'accept', replica, message, opNumber: log.length }, ...persisting(replica)];
}

/** The replica executes so many entries, for the same reason. */
export function executing(replica: number, times: number, ...evidence: readonly Message[]): readonly Step[] {
  return Array.from({ length: times }, () => ({ action: 'execute', replica, evidence }));
}

/** The primary orders these entries, the last of this log, and they are committed with the help of a backup. */
export function served(
  primary: number,
  backup: number,
  viewNumber: number,
  log: Log,
  ...entries: readonly Entry[]
): readonly Step[] {
  const acknowledged = acknowledgementsOf(viewNumber, log.length, [primary, backup]);
  return [
    ...ordering(primary, ...entries),
    sending(primary, prepareOf(viewNumber, log)),
    ...entries.flatMap(() => persisting(primary)),
    ...accepting(backup, viewNumber, log),
    ...said(...acknowledged),
    ...executing(primary, entries.length, ...acknowledged),
  ];
}

/** These replicas move to the view and vote, and its primary starts it with this log. */
export function starting(viewNumber: number, log: Log, ...votes: readonly DoViewChange[]): readonly Step[] {
  const primary = viewNumber % 3;
  return [
    ...votes.flatMap(({ replica }) => entering(replica, viewNumber)),
    ...said(...votes),
    { action: 'start-view', replica: primary, votes },
    ...persisting(primary),
    sending(primary, startViewOf(viewNumber, log)),
  ];
}

export function adopting(replica: number, viewNumber: number, log: Log): readonly Step[] {
  return [{ action: 'adopt', replica, message: startViewOf(viewNumber, log) }, ...persisting(replica)];
}

export function recoveryOf(replica: number, nonce: number, viewNumber: number): Recovery {
  return { type: 'RECOVERY', replica, nonce, viewNumber, generation: 0 };
}

/** The answer of a replica that is normal in the view, with its log or without. */
export function answerOf(viewNumber: number, asked: Recovery, replica: number, log?: Log): RecoveryResponse {
  return { type: 'RECOVERYRESPONSE', viewNumber, asked, log, replica, generations: noLosses };
}

/** The replica loses its memory and the writes that are not durable, and comes back. */
export function restarting(replica: number, survivors = 0): readonly Step[] {
  return [
    { action: 'crash', replica, survivors, isDamaged: false },
    { action: 'restart', replica },
  ];
}
