import { definitionProblem } from '../../service/definition.ts';
import type { Service } from '../../service/service.ts';
import { frameProblem, type Limits, limitsOf, maxCharsProblem } from './limits.ts';

/**
 * What survives a crash. `durable`: the log and the view, which are on stable storage before any message that depends
 * on them leaves. `diskless`: the view-number and the checkpoints; recovery fetches the rest from the other replicas.
 */
export type StorageMode = 'durable' | 'diskless';

/** What all replicas of a group agree on in advance (VRR §4, Figure 2). Replicas are numbered from 0. */
export interface Configuration<Replicated extends Service = Service> extends Limits {
  /** K, the number of replicas. */
  readonly size: number;
  /** f, the number of replicas that may fail at once: the largest whole number with 2f + 1 ≤ K. */
  readonly tolerated: number;
  /** K − f. Any two quorums share a replica, in groups of even size too. */
  readonly quorum: number;
  readonly mode: StorageMode;
  readonly service: Replicated;
  /** The most characters of JSON that the log entries in one message have together. A single entry may exceed it. */
  readonly maxChars: number;
  /**
   * The number of entries from one checkpoint to the next. The log reaches back to the checkpoint before the last.
   */
  readonly checkpointEvery: number;
  /** The most PREPAREs that are sent and not committed. Entries ordered meanwhile wait, and share the next one. */
  readonly pipeline: number;
  /**
   * The most clients registered at a time, which is the size of the client-table. With Infinity, clients need no
   * registration.
   */
  readonly sessions: number;
  /** The most requests that a client may have outstanding, and the number of its results that are kept. */
  readonly window: number;
  /**
   * How far, in milliseconds, the agreed time may be from the clocks of a quorum, and a primary's clock before an alarm is
   * raised. Acknowledgements report the clocks, so it is many times the age of an acknowledgement.
   */
  readonly clockBound: number;
}

/** The parts of a configuration that have defaults. */
export interface ConfigurationOptions {
  readonly frameBytes?: number | undefined;
  readonly maxChars?: number | undefined;
  readonly checkpointEvery?: number | undefined;
  readonly pipeline?: number | undefined;
  readonly sessions?: number | undefined;
  readonly window?: number | undefined;
  readonly clockBound?: number | undefined;
}

/** The most replicas of a group: sets of them are the bits of a number. */
export const maxReplicas = 31;

/** 1 MiB. */
export const defaultFrameBytes = 1024 * 1024;
/** Characters. */
export const defaultMaxChars = 256 * 1024;
/** Entries. */
export const defaultCheckpointEvery = 4096;
/** PREPAREs. */
export const defaultPipeline = 2;
const defaultSessions = 4096;
const defaultWindow = 8;
/** Milliseconds. */
export const defaultClockBound = 10_000;

/**
 * The configuration of a group of 1 to 31 replicas. Each option must be 1 or more. The defaults: `frameBytes` 1 MiB,
 * `maxChars` 262,144 or what fits in a frame, `checkpointEvery` 4,096, `pipeline` 2 (VRR §6.2), `sessions` 4,096,
 * `window` 8, `clockBound` 10,000 (ms). `sessions` may be Infinity: then clients need no registration, and the
 * client-table grows with each client, as in VRR.
 *
 * Throws a RangeError for any other number, and a TypeError for another mode, or for a service with only one of `snapshot` and
 * `restore`, or with an initial state that no checkpoint can keep.
 */
export function configure<Replicated extends Service>(
  size: number,
  mode: StorageMode,
  service: Replicated,
  {
    frameBytes = defaultFrameBytes,
    maxChars = Math.min(defaultMaxChars, limitsOf(frameBytes).contentChars),
    checkpointEvery = defaultCheckpointEvery,
    pipeline = defaultPipeline,
    sessions = defaultSessions,
    window = defaultWindow,
    clockBound = defaultClockBound,
  }: ConfigurationOptions = {},
): Configuration<Replicated> {
  if (!Number.isInteger(size) || size < 1 || size > maxReplicas) {
    throw new RangeError(`A group has 1 to ${maxReplicas} replicas, not ${size}.`);
  }
  if (mode !== 'durable' && mode !== 'diskless')
    throw new TypeError(`A group is durable or diskless, not ${String(mode)}.`);
  atLeastOne('A frame has', 'byte', frameBytes);
  notPossible(frameProblem(frameBytes));
  atLeastOne('A message carries', 'character', maxChars);
  notPossible(maxCharsProblem(maxChars, frameBytes));
  atLeastOne('A checkpoint is taken after every', 'entry', checkpointEvery);
  atLeastOne('A primary has', 'PREPARE outstanding', pipeline);
  if (sessions !== Number.POSITIVE_INFINITY) atLeastOne('A group has sessions for', 'client', sessions);
  atLeastOne('A client has', 'request outstanding', window);
  atLeastOne('Clocks may differ by', 'millisecond', clockBound);
  const problem = definitionProblem(service);
  if (problem !== undefined) throw new TypeError(`The service of the group is no service: ${problem}.`);
  const tolerated = Math.floor((size - 1) / 2);
  const quorum = size - tolerated;
  const { contentChars, operationChars } = limitsOf(frameBytes);
  return {
    frameBytes,
    contentChars,
    operationChars,
    size,
    tolerated,
    quorum,
    mode,
    service,
    maxChars,
    checkpointEvery,
    pipeline,
    sessions,
    window,
    clockBound,
  };
}

function notPossible(problem: string | undefined): void {
  if (problem !== undefined) throw new RangeError(`Not possible: ${problem}.`);
}

function atLeastOne(what: string, unit: string, given: number): void {
  if (!Number.isInteger(given) || given < 1) throw new RangeError(`${what} 1 ${unit} or more, not ${given}.`);
}

/** The number of the primary of this view. Each view's primary is the next replica of the group (VRR §4). */
export function primaryOf(configuration: Configuration, viewNumber: number): number {
  return viewNumber % configuration.size;
}
