import type { Json } from '../../tree/json.ts';
import type { Tree } from '../../tree/tree.ts';
import type { Configuration } from './configuration.ts';
import type { Entry, Request } from './entry.ts';

/** What the client-table says of a client (VRR §4, Figure 2): what was executed of it, and what it may yet ask for again. */
export type ClientRecord = {
  /** The op-number at which it was registered; 0 if it was not, where nobody need be. */
  readonly session: number;
  /** Its latest request that was executed in this session; 0: none. */
  readonly requestNumber: number;
  /** The results of its latest requests, the latest last: as many as it may have outstanding. */
  readonly results: readonly Json[];
  /** Where its latest entry is. Who was silent for longest is evicted first. */
  readonly opNumber: number;
};

/** The client-table: client → what was executed of it. */
export type ClientTable = Tree<ClientRecord>;

const unseenClient: ClientRecord = { session: 0, requestNumber: 0, results: [], opNumber: 0 };

/** The line to which the request belongs; undefined if its client was evicted, or is not registered yet. */
export function recordFor(
  table: ClientTable,
  { clientId, session, requestNumber }: Request,
  { sessions }: Configuration,
): ClientRecord | undefined {
  const record = table.get(clientId);
  if (record === undefined) return sessions === Number.POSITIVE_INFINITY ? unseenClient : undefined;
  return requestNumber === 0 || record.session === session ? record : undefined;
}

/** The result of a request that was executed: of a registration, the session. Undefined where it is not known, or no more. */
export function resultIn(record: ClientRecord, requestNumber: number): Json | undefined {
  if (requestNumber === 0) return record.session;
  return requestNumber > record.requestNumber
    ? undefined
    : record.results.at(requestNumber - record.requestNumber - 1);
}

/** The session to which an entry belongs: a registration begins its own. */
export function sessionOf({ session, requestNumber }: Entry, opNumber: number): number {
  return requestNumber === 0 ? opNumber : session;
}

/** The table once the request of this line was executed. Changes the table in place where that is mutable. */
export function withResult(
  table: ClientTable,
  { clientId, requestNumber }: Entry,
  opNumber: number,
  { session, results }: ClientRecord,
  result: Json,
  { window }: Configuration,
): ClientTable {
  const kept = results.length < window ? results : results.slice(results.length - window + 1);
  return table.set(clientId, { session, requestNumber, results: [...kept, result], opNumber });
}

/**
 * The table once the client is registered. If there are as many lines as may be, the one goes whose last entry is oldest:
 * the log alone decides it, so that all replicas evict the same client.
 */
export function withRegistered(
  table: ClientTable,
  clientId: string,
  opNumber: number,
  { sessions }: Configuration,
): ClientTable {
  const rest = table.size < sessions ? table : table.delete(oldestClient(table));
  return rest.set(clientId, { session: opNumber, requestNumber: 0, results: [], opNumber });
}

function oldestClient(table: ClientTable): string {
  let oldest = Number.POSITIVE_INFINITY;
  let silent = '';
  for (const [clientId, { opNumber }] of table) {
    if (opNumber >= oldest) continue;
    oldest = opNumber;
    silent = clientId;
  }
  return silent;
}

/** Whether the tree can be a client-table. */
export function isClientTable(table: Tree): table is ClientTable {
  for (const [, record] of table.entries()) if (!isClientRecord(record)) return false;
  return true;
}

/** Whether the value can be a record of the client-table. */
export function isClientRecord(value: Json): value is ClientRecord {
  if (typeof value !== 'object' || value === null || !('requestNumber' in value)) return false;
  const { session, requestNumber, results, opNumber } = value;
  return (
    [session, requestNumber, opNumber].every(isWhole) &&
    Array.isArray(results) &&
    results.length <= Number(requestNumber)
  );
}

function isWhole(value: Json | undefined): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
