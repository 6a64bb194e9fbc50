import type { ClientMessage, Entry, LogSuffix, Message } from '../../impl/index.ts';
import type { World } from '../world/world.ts';
import { isEntryOutcome } from './ghost/ghostState.ts';

/** What replicas and clients sent in a part of a run, and the entries that the group executed in it. */
export interface Traffic {
  /** How many messages were sent. One to several receivers counts once for each. */
  readonly messages: number;
  /** How many copies of log entries these messages carried, and how many characters of JSON the copies have. */
  readonly copies: number;
  readonly chars: number;
  /** How many entries were executed by any replica, and how many characters of JSON they have. */
  readonly entries: number;
  readonly entryChars: number;
  /** The op-number of the last of them, or of the last entry before. */
  readonly opNumber: number;
}

/** Nothing is sent. The last executed entry has this number. */
export function noTraffic(opNumber: number): Traffic {
  return { messages: 0, copies: 0, chars: 0, entries: 0, entryChars: 0, opNumber };
}

/** The traffic with that of the last event of this world. */
export function withLastEvent(traffic: Traffic, { last }: World): Traffic {
  let { messages, copies, chars, entries, entryChars, opNumber } = traffic;
  for (const output of last?.outputs ?? []) {
    if (!isEntryOutcome(output) || output.opNumber <= opNumber) continue;
    opNumber = output.opNumber;
    entries++;
    entryChars += charsOf(output.request);
  }
  for (const output of [...(last?.outputs ?? []), ...(last?.clientOutputs ?? [])]) {
    if (output.type !== 'send' && output.type !== 'reply') continue;
    const carried = entriesIn(output.message);
    messages++;
    copies += carried.length;
    for (const entry of carried) chars += charsOf(entry);
  }
  return { messages, copies, chars, entries, entryChars, opNumber };
}

function entriesIn(message: Message | ClientMessage): readonly Entry[] {
  const suffix = message.type === 'RECOVERYRESPONSE' ? message.state?.suffix : suffixOf(message);
  return suffix === undefined ? [] : suffix.entriesAfter(suffix.after);
}

function suffixOf(message: Message | ClientMessage): LogSuffix | undefined {
  return 'suffix' in message ? message.suffix : undefined;
}

function charsOf(entry: Entry): number {
  return JSON.stringify(entry).length;
}
