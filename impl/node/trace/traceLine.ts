import type { EncodedEntry } from '../../replica/data/entry.ts';
import type { Json } from '../../tree/json.ts';

/*
 * The lines of a trace: what a replica did, in the terms of the protocol. docs/conform.md explains the format, which any
 * implementation can write.
 */

/** The name of a log: its length and its chained checksum. */
export interface LogName {
  readonly opNumber: number;
  readonly checksum: string;
}

/** What stable storage holds. `log`: null if it is not there, or not whole. */
interface TracedStorage {
  readonly viewNumber: number;
  readonly lastNormalView: number;
  readonly log: LogName | null;
}

/** An entry, after the chained checksum of the log that ends with it. */
type TracedEntry = readonly [checksum: string, ...EncodedEntry];

/** A log: the one that is named, followed by these entries. */
export interface TracedLog {
  /** The log that it continues. */
  readonly after: LogName;
  /** The entries that follow, in order. */
  readonly entries: readonly TracedEntry[];
}

/**
 * How a replica stands. `outside`: its storage does not say that it takes part in its group. `recovering`: it has lost its log.
 * `halted`: it has stopped for good.
 */
export type TracedStatus = 'outside' | 'up' | 'recovering' | 'halted';

/** A message by its name in the paper, with the fields that the protocol needs. */
export interface TracedMessage {
  /** The name of the message. */
  readonly type: string;
  /** Its fields. */
  readonly [field: string]: Json;
}

/** What a step began with. `from` is left out if a client may have sent the message. */
export type TracedEvent =
  | { readonly type: 'start' }
  | { readonly type: 'message'; readonly from?: number; readonly message: TracedMessage }
  | { readonly type: 'timer' }
  | { readonly type: 'durable' }
  | { readonly type: 'stop' };

/** What of a replica has changed. */
export interface TracedChange {
  readonly status?: TracedStatus;
  readonly viewNumber?: number;
  readonly lastNormalView?: number;
  readonly commitNumber?: number;
  readonly log?: TracedLog;
  /** Null if it does not say that the replica takes part in its group. */
  readonly stored?: TracedStorage | null;
}

/** One step of a replica. The first of each start has a heading, and all of its state. */
export interface TraceLine extends TracedChange {
  /** The name of the format. */
  readonly format?: 'viewstamped-trace';
  /** Its version. */
  readonly version?: 1;
  /** The settings of the group. */
  readonly group?: {
    readonly replicas: number;
    readonly mode: 'durable' | 'diskless';
    readonly sessions?: number;
  };
  /** The number of the replica, from 0. */
  readonly replica?: number;
  /** The number of this start of its storage. */
  readonly incarnation?: number;
  /** From 0, one more with each step of a start. */
  readonly step: number;
  /** What the step began with. */
  readonly event: TracedEvent;
  /** The results of the entries that were executed. Without a result: the service failed. */
  readonly executed?: readonly { readonly opNumber: number; readonly result?: Json }[];
  /** `to`: the replicas to which it goes; it is left out for a client. */
  readonly sent?: readonly { readonly to?: readonly number[]; readonly message: TracedMessage }[];
}
