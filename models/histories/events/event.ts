import type { Json } from '../../../impl/index.ts';

/** One event of a history in Jepsen's form: a client invokes an operation, or an operation completes. */
export interface HistoryEvent {
  /** The position of the event in the history, from 0. */
  readonly index: number;
  /** Nanoseconds since the beginning of the history, 0 if not known. Only for display: events are in the order of their indices. */
  readonly time: number;
  /** A client, which performs one operation at a time; or `nemesis`, which injects faults and is no client. */
  readonly process: number | string;
  /** `ok`: it happened; `fail`: it certainly did not happen; `info`: the outcome is unknown, and the process ends. */
  readonly type: 'invoke' | 'ok' | 'fail' | 'info';
  /** The function: `read`, `write`, `cas` or another that a model knows. Any name for the nemesis. */
  readonly f: string;
  /**
   * For clients `[key, value]`. A read invokes with `[key, null]` and completes with the value found, null for an absent key.
   * A cas has `[key, [from, to]]`.
   */
  readonly value: Json;
  readonly error?: Json;
  /** Whether this is a read that returned and does not tell what it found. */
  readonly isUnknown?: true;
}
