import type { Timer } from '../../impl/index.ts';
import type { Packet } from './packet.ts';

/** How a partition cuts one side off: in both directions, or only what it would receive, or only what it sends. */
export type Direction = 'both' | 'in' | 'out';

/** Something that can happen, in this very world: packets are the world's own. */
export type Event = { readonly type: 'deliver' | 'drop' | 'duplicate'; readonly packet: Packet } | LocalEvent;

/** Events that name no packet mean the same in every world. */
type LocalEvent =
  | { readonly type: 'timer'; readonly replica: number; readonly timer: Timer }
  /** The first `writes` of the replica's writes become durable, and all of them if no number is given. */
  | { readonly type: 'sync'; readonly replica: number; readonly writes?: number }
  /**
   * The machine stops; of its records not yet durable the first `survivors` are kept all the same. If a number of `readable`
   * entries is given, no more of its log can be read from then on.
   */
  | {
      readonly type: 'crash';
      readonly replica: number;
      readonly survivors: number;
      readonly readable?: number;
    }
  | { readonly type: 'restart'; readonly replica: number }
  /** The client asks for its next operation. */
  | { readonly type: 'request'; readonly client: number }
  /** The client's retry timer fires. */
  | { readonly type: 'retry'; readonly client: number }
  /** The client crashes, forgets everything, and comes back. */
  | { readonly type: 'restart-client'; readonly client: number }
  /**
   * From now on the links between the replicas of `side` and the rest are cut; earlier cuts end. What is sent on a cut
   * link is lost if the partition `loses`, and otherwise arrives some time after the link has healed.
   */
  | {
      readonly type: 'partition';
      readonly side: readonly number[];
      readonly direction: Direction;
      readonly loses: boolean;
    }
  | { readonly type: 'heal' };

/** An event as it is kept: a packet is meant by its name, and by its rank among those of that name, oldest first. */
export type EventRecord =
  | { readonly type: 'deliver' | 'drop' | 'duplicate'; readonly message: string; readonly rank: number }
  | LocalEvent;

/** The event as it is kept, to be found again in an equal world. */
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

/** The event that the record means among these packets, or undefined if there is no such packet. */
export function eventOf(packets: readonly Packet[], record: EventRecord): Event | undefined {
  if (!('message' in record)) return record;
  let rank = record.rank;
  for (const packet of packets) {
    if (packet.name === record.message && rank-- === 0) return { type: record.type, packet };
  }
  return undefined;
}

/** Which of the packets of the same kind on the same link is taken where the one that is meant is not there. */
export type Substitute = 'oldest' | 'newest';

/**
 * The event that the record means or, when its packet is not there, one that is much the same: earlier events that were
 * left out have changed the numbers which packets bear. Only shrinking asks for that, and then records what happened.
 */
export function similarEventOf(
  packets: readonly Packet[],
  record: EventRecord,
  stand: Substitute,
): Event | undefined {
  const exact = eventOf(packets, record);
  if (exact !== undefined || !('message' in record)) return exact;
  const type = record.message.slice(0, record.message.indexOf(' '));
  const link = record.message.slice(record.message.lastIndexOf(' '));
  const isSimilar = ({ message, name }: Packet) => message.type === type && name.endsWith(link);
  const packet = stand === 'oldest' ? packets.find(isSimilar) : packets.findLast(isSimilar);
  return packet && { type: record.type, packet };
}

/** One line of text for an event. */
export function eventText(record: EventRecord): string {
  switch (record.type) {
    case 'deliver':
    case 'drop':
    case 'duplicate':
      return `${record.type} ${record.message}${record.rank > 0 ? ` #${record.rank + 1}` : ''}`;
    case 'timer':
      return `timer ${record.timer} r${record.replica}`;
    case 'crash':
      return `crash r${record.replica}${record.survivors > 0 ? ` keeping ${record.survivors} records` : ''}${record.readable === undefined ? '' : ` corrupt after ${record.readable}`}`;
    case 'sync':
      return `sync r${record.replica}${record.writes === undefined ? '' : ` of the first ${record.writes}`}`;
    case 'restart':
      return `restart r${record.replica}`;
    case 'request':
    case 'retry':
      return `${record.type} c${record.client}`;
    case 'restart-client':
      return `restart c${record.client}`;
    case 'partition':
      return `partition ${record.side.map((replica) => `r${replica}`).join(' ')} ${record.direction}${record.loses ? ' losing' : ''}`;
    case 'heal':
      return 'heal';
  }
}
