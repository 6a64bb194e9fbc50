import type { ClientRecord, Log } from '../../../impl/index.ts';
import type { World } from '../../world/world.ts';
import { type GhostState, positionOf } from './ghostState.ts';

/** A client-table as it should be: client → its line. */
export type ExpectedTable = ReadonlyMap<string, ClientRecord>;

/** A memory only: a log stands for one history. */
const known = new WeakMap<Log, ExpectedTable>();

/** The client-table that the first `opNumber` entries of the history lead to, told without the implementation. */
export function expectedTable(ghostState: GhostState, world: World, opNumber: number): ExpectedTable {
  if (opNumber === 0) return new Map();
  const log = ghostState.history.prefix(opNumber);
  const found = known.get(log);
  if (found !== undefined) return found;
  const table = new Map(expectedTable(ghostState, world, opNumber - 1));
  takeIn(table, ghostState, world, opNumber);
  known.set(log, table);
  return table;
}

function takeIn(
  table: Map<string, ClientRecord>,
  ghostState: GhostState,
  { configuration: { sessions, window } }: World,
  opNumber: number,
): void {
  const { clientId, session, requestNumber } = ghostState.history.at(opNumber);
  const line = table.get(clientId);
  if (requestNumber === 0) {
    const [silent] = [...table].sort(([, one], [, other]) => one.opNumber - other.opNumber);
    if (silent !== undefined && table.size === sessions) table.delete(silent[0]);
    table.set(clientId, { session: opNumber, requestNumber: 0, results: [], opNumber });
  } else if (line?.session === session || (line === undefined && session === 0)) {
    const entry = ghostState.promised.history[positionOf(ghostState, opNumber) - 1];
    if (entry === undefined) return;
    const results = [...(line?.results ?? []), entry.result].slice(-window);
    table.set(clientId, { session, requestNumber, results, opNumber });
  }
}
