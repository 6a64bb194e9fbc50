import type { Json, Log, Replica, Request } from '../../../impl/index.ts';
import { describeReason, endsSession } from '../../../impl/index.ts';
import type { StyledText } from '../../../impl/terminal/layout.ts';
import { isEntryOutcome } from '../../checking/ghost/ghostState.ts';
import type { Packet } from '../../world/packet.ts';
import type { ClientMachine, Machine, World } from '../../world/world.ts';
import type { Frame } from '../replay.ts';

/** The changes of an event, by replica and by client. One event changes one of them at most. */
export interface Changes {
  readonly replicas: readonly (readonly StyledText[])[];
  readonly clients: readonly (readonly StyledText[])[];
}

/** The changes of the frame's event. */
export function changesOf({ before, after }: Frame): Changes {
  return {
    replicas: after.machines.map((machine, number) => {
      const old = before.machines[number];
      return old === undefined || after.last?.replica !== number ? [] : replicaChanges(old, machine, after);
    }),
    clients: after.clients.map((machine, number) =>
      after.last?.client === number ? clientChanges(machine, after) : [],
    ),
  };
}

/** The packets that the event's step sent. */
export function sentBy({ record, before, after }: Frame): readonly Packet[] {
  if (record.type === 'duplicate') return [];
  const taken = 'message' in record ? 1 : 0;
  return after.packets.slice(before.packets.length - taken);
}

/** Control characters could take over the terminal: the service of a user may have them in operations and results. */
const control = /\p{C}/gu;

/** The request's name in a trace: its operation if that is a printable string, as in every world of these models. */
export function requestName(request: Request): string {
  const { operation, clientId, requestNumber } = request;
  if (endsSession(request)) return `end of ${clientId}`;
  return typeof operation === 'string' && operation.search(control) < 0
    ? operation
    : `${clientId} s${requestNumber}`;
}

/** A result on one line, without JSON's quotes and braces. */
export function resultText(result: Json): string {
  return JSON.stringify(result)
    .replaceAll(/["{}]/g, '')
    .replaceAll(/([:,])/g, '$1 ')
    .replaceAll(': ', ' ')
    .replaceAll(control, '·');
}

/** The requests in the log after an entry; of more than 12, only the first and last four. */
function entriesText(log: Log, after = log.base): string {
  const names = log.entriesAfter(after).map(requestName);
  if (names.length > 12) names.splice(4, names.length - 8, `(${names.length - 8} more)`);
  return names.length === 0 ? 'nothing' : names.join(' ');
}

const plain = (text: string): StyledText => ({ text, tone: 'plain' });
const key = (text: string): StyledText => ({ text, tone: 'key' });
const dim = (text: string): StyledText => ({ text, tone: 'dim' });
const bad = (text: string): StyledText => ({ text, tone: 'bad' });

function replicaChanges(old: Machine, now: Machine, after: World): readonly StyledText[] {
  const outputs = after.last?.outputs ?? [];
  const changes: StyledText[] = [];
  if (now.replica === undefined) {
    if (old.replica !== undefined) changes.push(key('down'));
  } else {
    if (old.replica === undefined) changes.push(key('up'));
    // A restarted replica is compared with a new one.
    const fresh = after.implementation.createReplica(after.configuration, now.replica.replicaNumber);
    const base = old.replica ?? fresh;
    changes.push(...stateChanges(base, now.replica, old.replica === undefined));
    for (const output of outputs)
      if (output.type === 'restored') changes.push(key(`installed the checkpoint of ${output.opNumber}`));
    const executed = outputs.filter(isEntryOutcome);
    // The last executed entry shows the commit-number already.
    if (
      base.commitNumber !== now.replica.commitNumber &&
      executed.at(-1)?.opNumber !== now.replica.commitNumber
    )
      changes.push(plain(`k${now.replica.commitNumber}`));
    for (const { type, opNumber, request } of executed)
      changes.push(key(`${type.replace('-', ' ')} ${opNumber} ${requestName(request)}`));
    changes.push(...voteChanges(base, now.replica));
  }
  changes.push(...diskChanges(old, now));
  for (const output of outputs) {
    if (output.type === 'dropped' || output.type === 'rejected')
      changes.push(dim(`${output.type}: ${describeReason(output.reason)}`));
    if (output.type === 'alarm') changes.push(bad(`alarm: ${describeReason(output.reason)}`));
  }
  if (after.last?.thrown !== undefined) changes.push(bad(`threw ${after.last.thrown}`));
  return changes;
}

function stateChanges(old: Replica, now: Replica, isFresh: boolean): readonly StyledText[] {
  const changes: StyledText[] = [];
  if (isFresh || old.viewNumber !== now.viewNumber || old.status !== now.status)
    changes.push(key(`v${now.viewNumber} ${now.status}`));
  if (old.lastNormalView !== now.lastNormalView) changes.push(plain(`lnv${now.lastNormalView}`));
  if (now.log.base > old.log.base) changes.push(plain(`dropped entries up to ${now.log.base}`));
  const base = Math.max(old.log.base, now.log.base);
  if (base > Math.min(old.log.length, now.log.length)) changes.push(key(`log is ${logText(now.log)}`));
  else {
    const log = logChange(old.log.compacted(base), now.log.compacted(base));
    if (log !== undefined) changes.push(log);
  }
  if (
    now.status === 'normal' &&
    now.prepares.length > 0 &&
    now.log.length > Math.max(...now.prepares, old.log.length)
  )
    changes.push(dim('waits'));
  return changes;
}

function logChange(old: Log, now: Log): StyledText | undefined {
  if (old === now) return undefined;
  const common = commonLength(old, now);
  if (common === old.length && common === now.length) return undefined;
  if (common === old.length) {
    const range = now.length === common + 1 ? `${now.length}` : `${common + 1}–${now.length}`;
    return plain(`+${entriesText(now, common)} at ${range}`);
  }
  // A long common prefix is left out.
  const from = common > now.base + 3 ? common : now.base;
  const where = from === 0 ? 'log' : `log after ${from}`;
  const [before, after] = [entriesText(old, from), entriesText(now, from)];
  if (before !== after) return key(`${where}: ${before} → ${after}`);
  return key(`${where}: ${predictionsText(old, from)} → ${predictionsText(now, from)}`);
}

/** Each request with its predicted time and random number, for logs that differ in nothing else. */
function predictionsText(log: Log, after: number): string {
  const texts = log
    .entriesAfter(after)
    .map((entry) => `${requestName(entry)} at time ${entry.predicted.time} with ${entry.predicted.random}`);
  return texts.join(', ');
}

/** The whole log as text. */
export function logText(log: Log): string {
  return log.base === 0 ? entriesText(log) : `${entriesText(log)} after ${log.base}`;
}

/** The length of the common prefix of two logs with the same base. */
function commonLength(one: Log, other: Log): number {
  const shorter = Math.min(one.length, other.length);
  if (one.prefix(shorter) === other.prefix(shorter)) return shorter;
  const [ours, theirs] = [one, other].map((log) => log.prefix(shorter).entriesAfter(log.base));
  const different =
    ours?.findIndex((request, index) => JSON.stringify(request) !== JSON.stringify(theirs?.[index])) ?? -1;
  return different < 0 ? shorter : one.base + different;
}

function voteChanges(old: Replica, now: Replica): readonly StyledText[] {
  const changes: StyledText[] = [];
  now.acknowledged.forEach((opNumber, replica) => {
    if (replica !== now.replicaNumber && opNumber > (old.acknowledged[replica] ?? 0))
      changes.push(plain(`r${replica} holds ${opNumber}`));
  });
  const callers = membersOf(
    now.startViewChanges & ~(old.viewNumber === now.viewNumber ? old.startViewChanges : 0),
  );
  if (callers !== '') changes.push(plain(`called by ${callers}`));
  for (const vote of now.doViewChanges) {
    if (!old.doViewChanges.includes(vote)) changes.push(plain(`vote of r${vote.replicaNumber}`));
  }
  const { transfer } = now;
  if (transfer !== undefined && transfer !== old.transfer)
    changes.push(plain(`asks r${transfer.asked} for v${transfer.viewNumber}`));
  const { checkpointTransfer } = now;
  if (checkpointTransfer !== undefined && checkpointTransfer !== old.checkpointTransfer)
    changes.push(
      plain(`fetches the ${checkpointTransfer.part} of the checkpoint of ${checkpointTransfer.opNumber}`),
    );
  for (const response of now.recovery?.responses ?? []) {
    if (old.recovery?.responses.includes(response) !== true)
      changes.push(plain(`answer of r${response.replicaNumber}`));
  }
  for (const message of now.recovery?.recovering ?? []) {
    if (old.recovery?.recovering.includes(message) !== true)
      changes.push(plain(`r${message.replicaNumber} recovers too`));
  }
  return changes;
}

/** The replicas of a set, such as `r0 r2`. */
export function membersOf(set: number): string {
  const members: string[] = [];
  for (let replica = 0; set >> replica !== 0; replica++)
    if ((set >> replica) & 1) members.push(`r${replica}`);
  return members.join(' ');
}

function diskChanges({ disk: old }: Machine, { disk: now }: Machine): readonly StyledText[] {
  if (now.image !== old.image) {
    const { viewNumber, commitNumber, log, isCorrupt } = now.image;
    return [
      plain(`durable v${viewNumber} n${log.length} k${commitNumber}`),
      ...(isCorrupt ? [bad('corrupted')] : []),
    ];
  }
  const written = now.unsynced.length - old.unsynced.length;
  return written > 0 ? [dim(`wrote ${written}`)] : [];
}

function clientChanges({ client }: ClientMachine, { last }: World): readonly StyledText[] {
  const changes: StyledText[] = [];
  if (last?.event.type === 'restart-client') changes.push(key(`is ${client.clientId} now`));
  const asked = client.outstanding.at(-1);
  if (last?.event.type === 'request' && asked !== undefined) changes.push(key(`${requestName(asked)} asked`));
  for (const output of last?.clientOutputs ?? []) {
    if (output.type === 'answered')
      changes.push(key(`${requestName(output.request)} answered: ${resultText(output.result)}`));
    if (output.type === 'failed') changes.push(key(`${requestName(output.request)} failed`));
    if (output.type === 'ended') changes.push(key(`session ended, is ${client.clientId} now`));
    if (output.type === 'evicted') changes.push(bad(`evicted, and is ${client.clientId} now`));
    if (output.type === 'dropped' || output.type === 'rejected')
      changes.push(dim(`${output.type}: ${describeReason(output.reason)}`));
  }
  return changes;
}
