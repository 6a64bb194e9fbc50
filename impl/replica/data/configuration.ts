import type { Service } from '../../service/service.ts';

/**
 * What survives a crash. `durable`: the log and the view, on stable storage before anything that depends on them
 * leaves. `diskless`: only the view number; the rest comes back from the others by the recovery protocol.
 */
export type StorageMode = 'durable' | 'diskless';

/** What every replica of a group agrees on beforehand (VRR §4, Figure 2). Replicas are numbered from 0. */
export interface Configuration {
  /** How many replicas there are: K. */
  readonly size: number;
  /** How many may fail at once: f, the largest whole number with 2f + 1 ≤ K. */
  readonly tolerated: number;
  /** How many form a quorum: K − f, so that any two quorums share a replica, in groups of even size too. */
  readonly quorum: number;
  readonly mode: StorageMode;
  readonly service: Service;
  /** How many characters of JSON the log entries in one message may have together, unless it is one entry. */
  readonly maxChars: number;
  /** After how many entries each a checkpoint is taken. The log reaches back to the checkpoint before the last. */
  readonly checkpointEvery: number;
  /** How many PREPAREs may be sent and not yet committed: what is ordered meanwhile waits, and shares the next one. */
  readonly pipeline: number;
  /** How many clients can be registered at a time: so many lines has the client-table. Infinity: nobody need register. */
  readonly sessions: number;
  /** How many requests a client may have outstanding: so many of its results are kept. */
  readonly window: number;
}

/** What need not be said about a group. */
export interface ConfigurationOptions {
  readonly maxChars?: number | undefined;
  readonly checkpointEvery?: number | undefined;
  readonly pipeline?: number | undefined;
  readonly sessions?: number | undefined;
  readonly window?: number | undefined;
}

const defaultMaxChars = 256 * 1024;
const defaultCheckpointEvery = 4096;
const defaultPipeline = 2;
const defaultSessions = 4096;
const defaultWindow = 8;

/**
 * A configuration of `size` replicas, from 1 to 31, whose messages have `maxChars` for 1 character of the log or more (by
 * default 262,144), that takes a checkpoint after every 1 entry or more (by default 4,096), whose primary has 1
 * PREPARE or more outstanding at a time (by default 2, VRR §6.2), that has sessions for 1 client or more (by default 4,096;
 * with Infinity clients need none, and the client-table grows with each, as in VRR), each with 1 request or more outstanding
 * (by default 8). Throws a RangeError for anything else, and a TypeError for a service that can give its state in parts and
 * not take it, or the reverse.
 */
export function configure(
  size: number,
  mode: StorageMode,
  service: Service,
  {
    maxChars = defaultMaxChars,
    checkpointEvery = defaultCheckpointEvery,
    pipeline = defaultPipeline,
    sessions = defaultSessions,
    window = defaultWindow,
  }: ConfigurationOptions = {},
): Configuration {
  if (!Number.isInteger(size) || size < 1 || size > 31) {
    throw new RangeError(`A group has 1 to 31 replicas, not ${size}.`);
  }
  atLeastOne('A message has room for', 'character', maxChars);
  atLeastOne('A checkpoint is taken after every', 'entry', checkpointEvery);
  atLeastOne('A primary has', 'PREPARE outstanding', pipeline);
  if (sessions !== Number.POSITIVE_INFINITY) atLeastOne('A group has sessions for', 'client', sessions);
  atLeastOne('A client has', 'request outstanding', window);
  if ((service.snapshot === undefined) !== (service.restore === undefined)) {
    throw new TypeError('A service has both snapshot and restore, or neither.');
  }
  const tolerated = Math.floor((size - 1) / 2);
  const quorum = size - tolerated;
  return { size, tolerated, quorum, mode, service, maxChars, checkpointEvery, pipeline, sessions, window };
}

function atLeastOne(what: string, unit: string, given: number): void {
  if (!Number.isInteger(given) || given < 1) throw new RangeError(`${what} 1 ${unit} or more, not ${given}.`);
}

/** The number of the replica that is primary in this view: views go round the group (VRR §4). */
export function primaryOf(configuration: Configuration, viewNumber: number): number {
  return viewNumber % configuration.size;
}
