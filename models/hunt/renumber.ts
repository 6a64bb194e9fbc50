import type { EventRecord } from '../world/event.ts';
import type { Link } from '../world/links.ts';

/** The new number of a replica, or undefined if it is left out. */
export type Renumbering = (replica: number) => number | undefined;

/** The events with new replica numbers, without those of replicas that are left out. */
export function renumbered(records: readonly EventRecord[], renumber: Renumbering): readonly EventRecord[] {
  return records.flatMap((record) => renumberedOne(record, renumber) ?? []);
}

function renumberedOne(record: EventRecord, renumber: Renumbering): EventRecord | undefined {
  if ('message' in record) {
    const message = renumberedName(record.message, renumber);
    return message === undefined ? undefined : { ...record, message };
  }
  if ('replica' in record) {
    const replica = renumber(record.replica);
    return replica === undefined ? undefined : { ...record, replica };
  }
  if (record.type !== 'partition') return record;
  const cut = record.cut.flatMap(([from, to]): Link[] => {
    const [sender, receiver] = [renumber(from), renumber(to)];
    return sender === undefined || receiver === undefined ? [] : [[sender, receiver]];
  });
  return cut.length === 0 ? undefined : { ...record, cut };
}

/** A packet's name ends with its endpoints, such as `r0→r2`. */
function renumberedName(name: string, renumber: Renumbering): string | undefined {
  let known = true;
  const text = name.replace(/\br(\d+)/g, (_, digits: string) => {
    const replica = renumber(Number(digits));
    if (replica === undefined) known = false;
    return `r${replica}`;
  });
  return known ? text : undefined;
}

/** Rotates the replicas by `shift`, so that another replica is the first primary. */
export function rotation(size: number, shift: number): Renumbering {
  return (replica) => (replica + shift) % size;
}

/** Keeps these replicas, in their order, rotated by `shift`. */
export function keeping(kept: readonly number[], shift: number): Renumbering {
  return (replica) => {
    const index = kept.indexOf(replica);
    return index < 0 ? undefined : (index + shift) % kept.length;
  };
}

/** Every subset of `count` of the numbers from 0 to `size` − 1, each in ascending order. */
export function choices(size: number, count: number): readonly (readonly number[])[] {
  if (count === 0) return [[]];
  const last = Array.from({ length: size }, (_, number) => number).slice(count - 1);
  return last.flatMap((number) => choices(number, count - 1).map((rest) => [...rest, number]));
}
