import { z } from 'zod';
import type { HistoryEvent } from '../../models/linearizability/history.ts';

const key = z.number();
const readOf = z.tuple([key, z.number().nullable()]);
const writeOf = z.tuple([key, z.union([z.number(), z.tuple([z.number(), z.number()])])]);

/** A write, or a compare-and-set, from when it was asked for until it was answered ok, if it was. */
interface Written {
  readonly key: number;
  readonly value: number;
  readonly from: number;
  until: number;
  isFailed: boolean;
}

/**
 * The reads that no order of the operations explains, as far as one sees at a glance: what they found was overwritten
 * before they began, by a write that began when the one they saw had ended, or was never written. It takes for granted
 * that no two writes of a key write the same. There may be others; but these are beyond doubt.
 */
export function contradictionsIn(history: readonly HistoryEvent[]): readonly HistoryEvent[] {
  const writes = writesIn(history);
  const begun = new Map<HistoryEvent['process'], number>();
  return history.filter((event) => {
    if (event.type === 'invoke') begun.set(event.process, event.index);
    if (event.f !== 'read' || event.type !== 'ok') return false;
    const [key, value] = readOf.parse(event.value);
    const start = begun.get(event.process) ?? 0;
    const ofKey = writes.filter((write) => write.key === key);
    const seen = ofKey.find((write) => write.value === value);
    if (value !== null && (seen === undefined || seen.isFailed)) return true;
    const since = seen?.until ?? -1;
    return ofKey.some((write) => write.from > since && write.until < start);
  });
}

function writesIn(history: readonly HistoryEvent[]): readonly Written[] {
  const open = new Map<HistoryEvent['process'], Written>();
  const writes: Written[] = [];
  for (const { f, type, value, process, index } of history) {
    if (f !== 'write' && f !== 'cas') continue;
    if (type === 'invoke') {
      const [key, wanted] = writeOf.parse(value);
      const to = typeof wanted === 'number' ? wanted : wanted[1];
      const write = { key, value: to, from: index, until: Infinity, isFailed: false };
      writes.push(write);
      open.set(process, write);
    }
    const write = open.get(process);
    if (type === 'ok' && write !== undefined) write.until = index;
    if (type === 'fail' && write !== undefined) write.isFailed = true;
  }
  return writes;
}
