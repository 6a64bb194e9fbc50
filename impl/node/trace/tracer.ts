import { encodeEntry } from '../../replica/data/entry.ts';
import { Log } from '../../replica/data/log.ts';
import { isMember } from '../../replica/data/membership.ts';
import type { Output } from '../../replica/data/outputs.ts';
import type { Replica } from '../../replica/data/replica.ts';
import { blankImage, type Image, readBack, type StorageRecord } from '../../replica/data/storage.ts';
import type { Input } from '../../replica/step.ts';
import { nameOf, senderOf, tracedMessage } from './tracedMessage.ts';
import type { TracedChange, TracedEvent, TracedLog, TracedStatus, TraceLine } from './traceLine.ts';

/** What of a replica was traced last. */
interface Traced {
  readonly status: TracedStatus | undefined;
  readonly viewNumber: number;
  readonly lastNormalView: number;
  readonly commitNumber: number;
  readonly log: Log;
}

/**
 * Writes what a replica does, a line for each step: what came in, what changed, what was sent. Each line must be written before
 * the step takes effect outside, so that a process that is killed has done nothing that its trace does not show.
 */
export class Tracer {
  private readonly write: (line: TraceLine) => void;
  private steps = 0;
  private traced: Traced | undefined;
  /** The latest log that this trace can name. */
  private named = Log.empty;
  private image: Image = blankImage;
  private stored = '';
  /** The records of writes that are not yet durable. */
  private records: StorageRecord[] = [];

  /** `write` takes a line to the file before it returns, or throws. */
  constructor(write: (line: TraceLine) => void) {
    this.write = write;
  }

  /** Traces a step that the replica has taken. It is given as it is afterwards. */
  step(replica: Replica, input: Input, outputs: readonly Output[]): void {
    const isStart = input.type === 'start' || input.type === 'restart';
    this.followStorage(replica, input, outputs);
    const changed = { ...this.changeOf(replica), ...this.storedChange(replica) };
    // A replica that is not up has executed nothing, whatever it has kept.
    const executed = this.traced?.status === 'up' ? executedIn(outputs) : [];
    const sent = sentIn(outputs);
    this.write({
      ...(isStart ? headingOf(replica, input) : {}),
      step: this.steps++,
      event: eventOf(replica, input),
      ...changed,
      ...(executed.length === 0 ? {} : { executed }),
      ...(sent.length === 0 ? {} : { sent }),
    });
  }

  /** Traces that the process ends in good order, so that nothing follows. */
  stop(): void {
    if (this.steps > 0) this.write({ step: this.steps++, event: { type: 'stop' } });
  }

  private followStorage({ membership }: Replica, input: Input, outputs: readonly Output[]): void {
    // A group whose replicas start at once has storage that says so.
    if (input.type === 'start') this.image = { ...blankImage, membership };
    if (input.type === 'restart') {
      this.image = readBack(input.stored.image, input.stored.records);
      this.named = this.image.log;
    }
    if (input.type === 'durable') {
      const end = this.records.findLastIndex(
        (record) => record.type === 'end' && record.write <= input.write,
      );
      this.image = readBack(this.image, this.records.splice(0, end + 1));
    }
    for (const output of outputs) if (output.type === 'write') this.records.push(...output.records);
  }

  private changeOf(replica: Replica): TracedChange {
    const before = this.traced;
    const now = tracedState(replica);
    this.traced = now;
    const { status, viewNumber, lastNormalView, commitNumber, log } = now;
    return {
      ...(status === undefined || status === before?.status ? {} : { status }),
      ...(viewNumber === before?.viewNumber ? {} : { viewNumber }),
      ...(lastNormalView === before?.lastNormalView ? {} : { lastNormalView }),
      ...(commitNumber === before?.commitNumber ? {} : { commitNumber }),
      ...(before !== undefined && isSameLog(log, before.log) ? {} : { log: this.nextLog(log) }),
    };
  }

  private nextLog(log: Log): TracedLog {
    const common = log.prefix(commonLength(this.named, log));
    this.named = log;
    const entries = log.entriesAfter(common.length);
    return {
      after: nameOf(common),
      entries: entries.map((entry, index) => [
        log.prefix(common.length + index + 1).checksum,
        ...encodeEntry(entry),
      ]),
    };
  }

  private storedChange({ configuration }: Replica): TracedChange {
    const { membership, viewNumber, lastNormalView, log, isCorrupt } = this.image;
    const holdsLog = configuration.mode === 'durable' && !isCorrupt;
    const stored = isMember(membership)
      ? {
          viewNumber,
          lastNormalView: holdsLog ? lastNormalView : 0,
          log: holdsLog ? nameOf(log) : null,
        }
      : null;
    const text = JSON.stringify(stored);
    if (text === this.stored) return {};
    this.stored = text;
    return { stored };
  }
}

function tracedState(replica: Replica): Traced {
  const { viewNumber, lastNormalView, commitNumber, log, membership, status, halted } = replica;
  // A replica stops in the middle of a step: what it did before that is told.
  if (halted !== undefined) return { status: 'halted', viewNumber, lastNormalView, commitNumber, log };
  if (isMember(membership) && status !== 'recovering')
    return { status: 'up', viewNumber, lastNormalView, commitNumber, log };
  // It takes part in nothing until it is up, whatever it has kept.
  const how = isMember(membership) ? 'recovering' : 'outside';
  return { status: how, viewNumber, lastNormalView: 0, commitNumber: 0, log: Log.empty };
}

function headingOf({ configuration, replicaNumber }: Replica, input: Input): Partial<TraceLine> {
  const { size, mode, sessions } = configuration;
  const group = { replicas: size, mode, ...(sessions === Number.POSITIVE_INFINITY ? {} : { sessions }) };
  const incarnation = input.type === 'restart' ? input.incarnation : 0;
  return { format: 'viewstamped-trace', version: 1, group, replica: replicaNumber, incarnation };
}

function eventOf(replica: Replica, input: Input): TracedEvent {
  switch (input.type) {
    case 'start':
    case 'restart':
      return { type: 'start' };
    case 'message': {
      const from = senderOf(replica, input.message);
      const message = tracedMessage(input.message);
      return { type: 'message', ...(from === undefined ? {} : { from }), message };
    }
    case 'timer':
    case 'durable':
      return { type: input.type };
  }
}

function executedIn(outputs: readonly Output[]): NonNullable<TraceLine['executed']> {
  return outputs.flatMap((output) => {
    if (output.type === 'executed') return [{ opNumber: output.opNumber, result: output.result }];
    return output.type === 'failed' ? [{ opNumber: output.opNumber }] : [];
  });
}

/** A message to several replicas is one object. */
function sentIn(outputs: readonly Output[]): NonNullable<TraceLine['sent']> {
  const receivers = new Map<object, number[]>();
  const sent: NonNullable<TraceLine['sent']>[number][] = [];
  for (const output of outputs) {
    if (output.type === 'reply') sent.push({ message: tracedMessage(output.message) });
    if (output.type !== 'send') continue;
    const others = receivers.get(output.message);
    if (others !== undefined) others.push(output.to);
    else {
      const to = [output.to];
      receivers.set(output.message, to);
      sent.push({ to, message: tracedMessage(output.message) });
    }
  }
  return sent;
}

function isSameLog(one: Log, other: Log): boolean {
  return one === other || (one.length === other.length && one.checksum === other.checksum);
}

/** How many entries of the later log are surely those of the earlier one; what it has dropped, if that does not show. */
function commonLength(earlier: Log, later: Log): number {
  let common = Math.max(earlier.base, later.base);
  let different = Math.min(earlier.length, later.length) + 1;
  const areEqual = (length: number): boolean =>
    earlier.prefix(length).checksum === later.prefix(length).checksum;
  if (common >= different || !areEqual(common)) return later.base;
  // Most logs only grow.
  if (areEqual(different - 1)) return different - 1;
  while (different - common > 1) {
    const middle = (common + different) >> 1;
    if (areEqual(middle)) common = middle;
    else different = middle;
  }
  return common;
}
