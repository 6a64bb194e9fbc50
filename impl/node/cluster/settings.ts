import xxhash from 'xxhash-wasm';
import type { Configuration } from '../../replica/data/configuration.ts';
import {
  defaultCheckpointEvery,
  defaultFrameBytes,
  defaultMaxChars,
  defaultPipeline,
} from '../../replica/data/configuration.ts';

const { h64ToString } = await xxhash();

/** Settings by their names in the cluster's file. Null: without a limit. */
export type Settings = Readonly<Record<string, number | string | null>>;

/**
 * The settings that a group keeps from its founding on. All that a replica executes depends on them, or what its messages mean:
 *
 * - The number of replicas says how many make a quorum. Quorums of two sizes need not meet.
 * - `sessions` says which client an entry evicts, `window` which results the client-table keeps, and `frame_bytes` which results are
 *   too large, so that an operation fails. A replica executes the log after its checkpoint again when it starts: under another
 *   value it would reach another state than the one from which clients were answered, even if all replicas change at one time.
 * - `mode`: a durable replica votes with its log, of which a diskless one stores nothing. Changed to diskless, all would forget
 *   what they acknowledged; changed to durable, they would vote with logs that lack it.
 */
export function settingsOf({ size, mode, sessions, window, frameBytes }: Configuration): Settings {
  return {
    replicas_addresses: size,
    mode,
    sessions: Number.isFinite(sessions) ? sessions : null,
    window,
    frame_bytes: frameBytes,
  };
}

/**
 * The settings that may change at any start, and differ between replicas. They should be the same for all, but nothing is lost or
 * answered wrongly if they are not:
 *
 * - `pipeline` bounds how many PREPAREs a primary sends ahead of commits. A backup takes any number, in the order of the log.
 * - `max_chars` bounds what a sender puts into one message. A receiver takes whatever a frame holds.
 * - `checkpoint_every`: a checkpoint depends on the entries up to its op-number alone, wherever it is taken; only those of equal
 *   op-numbers are compared or fetched in parts. While it differs, a replica that diverges is noticed at common op-numbers only.
 * - `tick_milliseconds` and `clock_bound_milliseconds` decide when a replica suspects its primary, and doubts a clock.
 */
export function freeSettingsOf(
  { pipeline, maxChars, checkpointEvery, clockBound }: Configuration,
  tick: number,
): Settings {
  return {
    pipeline,
    max_chars: maxChars,
    checkpoint_every: checkpointEvery,
    tick_milliseconds: tick,
    clock_bound_milliseconds: clockBound,
  };
}

/**
 * A hash of the settings that all members and clients must agree on, as 16 hexadecimal digits: a peer that differs is told
 * at once. Addresses are left out, because members may know one another by different names.
 */
export function groupOf(configuration: Configuration): string {
  // The defaults stand for three settings that counted once, so that groups with these keep their hash.
  return hashOf(configuration, [defaultMaxChars, defaultCheckpointEvery, defaultPipeline]);
}

/** The hash under which earlier versions founded a group with these settings. */
export function formerGroupOf(configuration: Configuration): string {
  const { maxChars, checkpointEvery, pipeline } = configuration;
  return hashOf(configuration, [maxChars, checkpointEvery, pipeline]);
}

function hashOf(
  { size, sessions, window, frameBytes }: Configuration,
  free: readonly [number, number, number],
): string {
  const settings = [size, ...free, Number.isFinite(sessions) ? sessions : null, window];
  // It decides which results are too large. Groups with the usual frames keep the hash that they had before it counted.
  const all = frameBytes === defaultFrameBytes ? settings : [...settings, frameBytes];
  return h64ToString(JSON.stringify(all));
}

/** The settings of both that differ, as parts of a sentence, by default such as `pipeline was 2, and is 4`. */
export function changesBetween(
  before: Settings,
  after: Settings,
  both: (value: string, other: string) => string = (was, is) => `was ${was}, and is ${is}`,
): readonly string[] {
  return Object.entries(before).flatMap(([name, value]) => {
    const now = after[name];
    return now === undefined || now === value ? [] : [`${name} ${both(shown(value), shown(now))}`];
  });
}

function shown(value: number | string | null): string {
  return value === null ? 'unlimited' : String(value);
}
