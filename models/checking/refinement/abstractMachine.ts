import type { Replica as Actual, Image, LogSuffix, Membership, StorageRecord } from '../../../impl/index.ts';
import {
  Log as Content,
  type Generations,
  type Group,
  generationOf,
  isSame,
  noLosses,
  type Replica,
  type Stored,
  withGeneration,
} from '../../../spec/protocol/index.ts';
import type { Machine, World } from '../../world/world.ts';
import type { LogIdentities } from '../ghost/logIdentities.ts';
import { type Known, logTold } from './told.ts';

const groups = new WeakMap<World['configuration'], Group>();

/** The group as the protocol sees it. */
export function groupOf({ configuration }: World): Group {
  const known = groups.get(configuration);
  if (known !== undefined) return known;
  const { size, tolerated, quorum, mode, sessions } = configuration;
  const group = { size, tolerated, quorum, mode, sessions, reads: true };
  groups.set(configuration, group);
  return group;
}

/** What is stored, and after it what will be after each write that changes it. */
type Storage = readonly [Stored, ...Stored[]];

/** A machine that was seen, and what it is to the protocol. */
interface Seen {
  readonly machine: Machine;
  readonly stored: Storage;
  readonly replica: Replica;
}

/** By run, and twice by replica: the machine that was seen last, and the one before it. Most steps begin with one of them. */
const lastSeen = new WeakMap<LogIdentities, (Seen | undefined)[]>();

/** The machine of a replica as the protocol sees it: its memory, its disk, and what is written in between. */
export function abstractMachine(machine: Machine, number: number, group: Group, about: Known): Replica {
  const all = lastSeen.get(about.identities) ?? [];
  if (all.length === 0) lastSeen.set(about.identities, all);
  const last = all[2 * number];
  if (last?.machine === machine) return last.replica;
  const other = all[2 * number + 1];
  const seen = other?.machine === machine ? other : seenAs(machine, group, about, last);
  all[2 * number] = seen;
  all[2 * number + 1] = last;
  return seen.replica;
}

function seenAs(machine: Machine, group: Group, about: Known, last: Seen | undefined): Seen {
  const { disk } = machine;
  const isKnown = last?.machine.disk === disk;
  const stored = isKnown ? last.stored : storedBy(disk.image, disk.unsynced, group, about);
  return { machine, stored, replica: replicaOf(machine, stored, about) };
}

function replicaOf({ replica, incarnation }: Machine, stored: Storage, { identities }: Known): Replica {
  const isUp = replica !== undefined && replica.halted === undefined && replica.status !== 'recovering';
  return {
    status: isUp ? 'up' : replica === undefined ? 'down' : 'recovering',
    viewNumber: replica?.viewNumber ?? 0,
    lastNormalView: isUp ? replica.lastNormalView : 0,
    log: isUp ? identities.contentOf(replica.log) : identities.empty,
    commitNumber: isUp ? replica.commitNumber : 0,
    incarnation,
    generations: replica === undefined ? noLosses : knownBy(replica),
    disk: stored[0],
    writes: stored.length === 1 ? noWrites : stored.slice(1),
    rounds: 0,
    reads: noReads,
  };
}

const noWrites: readonly Stored[] = [];

/** The implementation has no reads outside the log yet. */
const noReads: Replica['reads'] = [];

/** What it knows of lost storages. While its own is lost, it knows at most how often. */
function knownBy({ membership, replicaNumber }: Actual): Generations {
  const known = generationsIn(membership);
  return (
    known ?? withGeneration(noLosses, replicaNumber, generationOf(membership.generations, replicaNumber))
  );
}

/** What the storage tells of losses, or undefined if it is empty: it has been lost. */
function generationsIn({ founders, generations }: Membership): Generations | undefined {
  if (founders.length === 0) return undefined;
  return generations.length === 0 ? noLosses : generations;
}

/** How many writes that change what is stored are whole among the first records that are not yet durable. */
export function writesAmong({ disk }: Machine, records: number, group: Group, about: Known): number {
  return storedBy(disk.image, disk.unsynced.slice(0, records), group, about).length - 1;
}

/** What is stored, and after it what will be after each write that changes it. */
function storedBy(
  image: Image,
  records: readonly StorageRecord[],
  { mode }: Group,
  { identities, history }: Known,
): Storage {
  let { viewNumber, lastNormalView, isCorrupt } = image;
  let generations = generationsIn(image.membership);
  let log = identities.contentOf(image.log);
  const isDiskless = mode === 'diskless';
  let latest = storedAs(viewNumber, lastNormalView, isDiskless || isCorrupt ? undefined : log, generations);
  const all: [Stored, ...Stored[]] = [latest];
  for (const record of records) {
    switch (record.type) {
      case 'entries':
        log = extended(log, record.suffix, { identities, history });
        isCorrupt = false;
        break;
      case 'checkpoint': {
        // It stands for entries that were executed. A log that lacks them is replaced by it.
        const executed = identities.contentOf(history).first(record.base);
        if (executed !== undefined && log.first(record.base) !== executed) log = executed;
        break;
      }
      case 'viewRecord':
        ({ viewNumber, lastNormalView } = record);
        break;
      case 'end': {
        const whole = isDiskless || isCorrupt ? undefined : log;
        const stored = storedAs(viewNumber, lastNormalView, whole, generations);
        if (!isSame(stored, latest)) all.push(stored);
        latest = stored;
        break;
      }
      case 'membership':
        generations = generationsIn(record.membership);
        break;
      case 'halt':
        break;
    }
  }
  return all;
}

function storedAs(
  viewNumber: number,
  lastNormalView: number,
  whole: Content | undefined,
  generations: Generations | undefined,
): Stored {
  const log = generations === undefined ? undefined : whole;
  return { viewNumber, lastNormalView: log === undefined ? 0 : lastNormalView, log, generations };
}

/** The log with the entries of the suffix in place of its own after entry `after`. */
function extended(log: Content, suffix: LogSuffix, about: Known): Content {
  const { after } = suffix;
  const told = logTold(suffix, about);
  if (told !== undefined) return told;
  const kept = log.first(after) ?? Content.unknown(after);
  return suffix.entriesAfter(after).reduce((longer, entry) => longer.with(entry), kept);
}
