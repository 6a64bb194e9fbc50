import type { Json } from '../../tree/json.ts';
import type { Tree } from '../../tree/tree.ts';
import type { Configuration } from './configuration.ts';
import type { Entry, Request } from './entry.ts';

/** What the client-table holds about a client (VRR §4, Figure 2). */
export type ClientRecord = {
  /** The op-number of its registration, or 0 if clients need no registration. */
  readonly session: number;
  /** The latest executed request of this session, or 0 if there is none. */
  readonly requestNumber: number;
  /**
   * The results of its latest requests, the last one last: as many as the client may have outstanding. Never more
   * than `requestNumber`.
   */
  readonly results: readonly Json[];
  /**
   * The numbers of those requests at which the service failed, ascending. Their results are null. Left out if there are
   * none, so that equal records have equal JSON.
   */
  readonly failed?: readonly number[];
  /** The op-number of its latest entry. The client with the lowest one is evicted first. */
  readonly opNumber: number;
};

/** How an executed request ended: with a result, or with a failure of the service that changed nothing. */
export type Outcome = { readonly type: 'result'; readonly result: Json } | { readonly type: 'failed' };

/** The client-table: client → its record. */
export type ClientTable = Tree<ClientRecord>;

const unseenClient: ClientRecord = { session: 0, requestNumber: 0, results: [], opNumber: 0 };

/** The record of the request's session, or undefined if its client was evicted or is not registered. */
export function recordFor(
  table: ClientTable,
  { clientId, session, requestNumber }: Request,
  { sessions }: Configuration,
): ClientRecord | undefined {
  const record = table.get(clientId);
  if (record === undefined) return sessions === Number.POSITIVE_INFINITY ? unseenClient : undefined;
  return requestNumber === 0 || record.session === session ? record : undefined;
}

/**
 * The outcome of an executed request, or undefined if it is not known or not kept. The result of a registration is the
 * session.
 */
export function outcomeIn(record: ClientRecord, requestNumber: number): Outcome | undefined {
  if (requestNumber === 0) return { type: 'result', result: record.session };
  if (record.failed?.includes(requestNumber)) return { type: 'failed' };
  if (requestNumber > record.requestNumber) return undefined;
  const result = record.results.at(requestNumber - record.requestNumber - 1);
  return result === undefined ? undefined : { type: 'result', result };
}

/** The session of an entry. A registration starts its own. */
export function sessionOf({ session, requestNumber }: Entry, opNumber: number): number {
  return requestNumber === 0 && session === 0 ? opNumber : session;
}

/** The table after the request of this record was executed. Changes a mutable table in place. */
export function withOutcome(
  table: ClientTable,
  { clientId, requestNumber }: Entry,
  opNumber: number,
  { session, results, failed = [] }: ClientRecord,
  outcome: Outcome,
  { window }: Configuration,
): ClientTable {
  const kept = results.length < window ? results : results.slice(results.length - window + 1);
  const result = outcome.type === 'failed' ? null : outcome.result;
  const record = { session, requestNumber, results: [...kept, result], opNumber };
  if (failed.length === 0 && outcome.type === 'result') return table.set(clientId, record);
  const failures = [
    ...failed.filter((number) => number >= requestNumber - kept.length),
    ...(outcome.type === 'failed' ? [requestNumber] : []),
  ];
  return table.set(clientId, failures.length === 0 ? record : { ...record, failed: failures });
}

/**
 * The table after the client was registered. A full table evicts the client whose latest entry is the oldest. The log
 * alone decides it, so all replicas evict the same client. Changes a mutable table in place.
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

/**
 * The table after the session has ended. A later session of the same client, which a late registration may have begun, stays.
 * Changes a mutable table in place.
 */
export function withoutSession(table: ClientTable, { clientId, session }: Request): ClientTable {
  return table.get(clientId)?.session === session ? table.delete(clientId) : table;
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

/** Whether the tree is a client-table. */
export function isClientTable(table: Tree): table is ClientTable {
  for (const [, record] of table.entries()) if (!isClientRecord(record)) return false;
  return true;
}

/** Whether the value is a record of a client-table. */
export function isClientRecord(value: Json): value is ClientRecord {
  if (typeof value !== 'object' || value === null || !('requestNumber' in value)) return false;
  const { session, requestNumber, results, failed, opNumber } = value;
  return (
    [session, requestNumber, opNumber].every(isWhole) &&
    Array.isArray(results) &&
    results.length <= Number(requestNumber) &&
    (failed === undefined || isFailed(failed, Number(requestNumber), results.length))
  );
}

/** Whether the value lists some of the latest requests, as many as there are results. */
function isFailed(value: Json, latest: number, results: number): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((number) => isWhole(number) && number > latest - results && number <= latest)
  );
}

function isWhole(value: Json | undefined): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
