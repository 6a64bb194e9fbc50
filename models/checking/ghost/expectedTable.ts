import type { ClientRecord, Log } from '../../../impl/index.ts';
import type { World } from '../../world/world.ts';
import { type GhostState, positionOf } from './ghostState.ts';

/** A client-table as it should be: client → its record. */
export type ExpectedTable = ReadonlyMap<string, ClientRecord>;

/** A cache: equal logs produce equal tables. */
const cache = new WeakMap<Log, ExpectedTable>();

/**
 * The client-table that the first `opNumber` entries of the history produce, computed without the
 * implementation.
 */
export function expectedTable(ghostState: GhostState, world: World, opNumber: number): ExpectedTable {
  if (opNumber === 0) return new Map();
  const log = ghostState.history.prefix(opNumber);
  const cached = cache.get(log);
  if (cached !== undefined) return cached;
  const table = new Map(expectedTable(ghostState, world, opNumber - 1));
  execute(table, ghostState, world, opNumber);
  cache.set(log, table);
  return table;
}

function execute(
  table: Map<string, ClientRecord>,
  ghostState: GhostState,
  { configuration: { sessions, window } }: World,
  opNumber: number,
): void {
  const { clientId, session, requestNumber } = ghostState.history.at(opNumber);
  const record = table.get(clientId);
  if (requestNumber === 0 && session > 0) {
    if (record?.session === session) table.delete(clientId);
  } else if (requestNumber === 0) {
    const [oldest] = [...table].sort(([, one], [, other]) => one.opNumber - other.opNumber);
    if (oldest !== undefined && table.size === sessions) table.delete(oldest[0]);
    table.set(clientId, { session: opNumber, requestNumber: 0, results: [], opNumber });
  } else if (record?.session === session || (record === undefined && session === 0)) {
    const entry = ghostState.promised.history[positionOf(ghostState, opNumber) - 1];
    if (entry === undefined) return;
    const results = [...(record?.results ?? []), entry.result ?? null].slice(-window);
    const failures = [...(record?.failed ?? []), ...(entry.result === undefined ? [requestNumber] : [])];
    const failed = failures.filter((number) => number > requestNumber - results.length);
    const made = { session, requestNumber, results, opNumber };
    table.set(clientId, failed.length === 0 ? made : { ...made, failed });
  }
}
