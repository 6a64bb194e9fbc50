import type { Json } from '../../impl/index.ts';

/** One event of a history: what a client asked for, what became of it, or what a nemesis did meanwhile. */
export interface HistoryEvent {
  /** The place in the history, from 0. */
  readonly index: number;
  /** Nanoseconds since the beginning. */
  readonly time: number;
  readonly process: number | 'nemesis';
  readonly type: 'invoke' | 'ok' | 'fail' | 'info';
  /** `read`, `write`, `cas`, or whatever a nemesis does. */
  readonly f: string;
  /** Of clients `[key, value]`: a read is invoked with `[key, null]`, and a cas has `[key, [from, to]]`. */
  readonly value: Json;
  readonly error?: Json;
}
