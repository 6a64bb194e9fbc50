import type { Json, Timer } from '../../impl/index.ts';
import { type Link, linksText } from './links.ts';
import type { Packet } from './packet.ts';

/** An event of one world: its packet is an object of that world. */
export type Event = { readonly type: 'deliver' | 'drop' | 'duplicate'; readonly packet: Packet } | LocalEvent;

/** An event without a packet, which means the same in every world. */
type LocalEvent =
  | { readonly type: 'timer'; readonly replica: number; readonly timer: Timer }
  /** The first `writes` of the replica's pending writes become durable, all by default. */
  | { readonly type: 'sync'; readonly replica: number; readonly writes?: number }
  /**
   * The machine stops, and keeps the first `survivors` of its records that are not yet durable. With
   * `readable`, its log is corrupted too, and only that many entries survive. With `lost`, all contents of its storage
   * are lost.
   */
  | {
      readonly type: 'crash';
      readonly replica: number;
      readonly survivors: number;
      readonly readable?: number;
      readonly lost?: true;
    }
  | { readonly type: 'restart'; readonly replica: number }
  /** The clock of the replica's machine is set to this time, in milliseconds from 0. */
  | { readonly type: 'clock'; readonly replica: number; readonly time: number }
  /** The client sends its next request. In a group with a user's service `operation` is what it asks for. */
  | { readonly type: 'request'; readonly client: number; readonly operation?: Json }
  /** The client ends its session. */
  | { readonly type: 'end'; readonly client: number }
  /** The client's retry timer fires. */
  | { readonly type: 'retry'; readonly client: number }
  /** The client crashes, forgets everything and restarts. */
  | { readonly type: 'restart-client'; readonly client: number }
  /**
   * From now on these links between replicas are cut, and earlier cuts end. A message on a cut link is lost
   * if the partition `loses`, and otherwise arrives after the link has healed.
   */
  | { readonly type: 'partition'; readonly cut: readonly Link[]; readonly loses: boolean }
  | { readonly type: 'heal' };

/**
 * An event as a trace records it: a packet by its name, and by its rank among packets of that name, oldest
 * first, from 0.
 */
export type EventRecord =
  | { readonly type: 'deliver' | 'drop' | 'duplicate'; readonly message: string; readonly rank: number }
  | LocalEvent;

/** The record of an event, from which `eventOf` finds it again in an equal world. */
export function recordOf(packets: readonly Packet[], event: Event): EventRecord {
  if (!('packet' in event)) return event;
  const { name } = event.packet;
  let rank = 0;
  for (const other of packets) {
    if (other === event.packet) break;
    if (other.name === name) rank++;
  }
  return { type: event.type, message: name, rank };
}

/** The event that was recorded, among these packets; undefined if its packet is not there. */
export function eventOf(packets: readonly Packet[], record: EventRecord): Event | undefined {
  if (!('message' in record)) return record;
  let rank = record.rank;
  for (const packet of packets) {
    if (packet.name === record.message && rank-- === 0) return { type: record.type, packet };
  }
  return undefined;
}

/** Which packet of the same type and link replaces a recorded one that is not there. */
export type Substitute = 'oldest' | 'newest';

/**
 * The event that was recorded or, if its packet is not there, one with a packet of the same type on the same
 * link. Shrinking needs it, because leaving out earlier events changes the numbers in the names of packets;
 * it then records the event that happened.
 */
export function similarEventOf(
  packets: readonly Packet[],
  record: EventRecord,
  substitute: Substitute,
): Event | undefined {
  const exact = eventOf(packets, record);
  if (exact !== undefined || !('message' in record)) return exact;
  const type = record.message.slice(0, record.message.indexOf(' '));
  const link = record.message.slice(record.message.lastIndexOf(' '));
  const isSimilar = ({ message, name }: Packet) => message.type === type && name.endsWith(link);
  const packet = substitute === 'oldest' ? packets.find(isSimilar) : packets.findLast(isSimilar);
  return packet && { type: record.type, packet };
}

/** The operation on one line. Control characters in it could take over the terminal that shows it. */
function operationText(operation: Json): string {
  return JSON.stringify(operation).replaceAll(/\p{C}/gu, '·');
}

/** The event on one line. */
export function eventText(record: EventRecord): string {
  switch (record.type) {
    case 'deliver':
    case 'drop':
    case 'duplicate':
      return `${record.type} ${record.message}${record.rank > 0 ? ` #${record.rank + 1}` : ''}`;
    case 'timer':
      return `timer ${record.timer} r${record.replica}`;
    case 'crash':
      return `crash r${record.replica}${record.survivors > 0 ? ` keeping ${record.survivors} records` : ''}${record.readable === undefined ? '' : ` corrupt after ${record.readable}`}${record.lost ? ' losing its storage' : ''}`;
    case 'sync':
      return `sync r${record.replica}${record.writes === undefined ? '' : ` of the first ${record.writes}`}`;
    case 'restart':
      return `restart r${record.replica}`;
    case 'clock':
      return `clock r${record.replica} at ${record.time}`;
    case 'request':
      return `request c${record.client}${record.operation === undefined ? '' : ` ${operationText(record.operation)}`}`;
    case 'end':
      return `end c${record.client}`;
    case 'retry':
      return `retry c${record.client}`;
    case 'restart-client':
      return `restart c${record.client}`;
    case 'partition':
      return `cut ${linksText(record.cut)}${record.loses ? ' losing' : ''}`;
    case 'heal':
      return 'heal';
  }
}
