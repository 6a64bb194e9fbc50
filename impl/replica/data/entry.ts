import type { Predicted } from '../../service/service.ts';
import type { Json } from '../../tree/json.ts';

/** ⟨REQUEST op, c, s⟩ from a client, or forwarded by a backup (VRR §4.1). */
export interface Request {
  readonly type: 'REQUEST';
  readonly operation: Json;
  readonly clientId: string;
  /**
   * The op-number at which the client was registered. 0 in the registration itself, and where clients need no
   * registration. A request-number 0 with a session ends that session.
   */
  readonly session: number;
  /** From 1, one more with each request of the session. 0 begins a session or ends one, without an operation. */
  readonly requestNumber: number;
  /** Departure: the client has the answers to all requests of the session up to this one, and tells so if it is not 0. */
  readonly answered?: number | undefined;
  /** With `answered`: the latest view from which it has an answer. */
  readonly viewNumber?: number | undefined;
}

/** Whether the request ends its session: it has the request-number 0, and names a session. A registration names none. */
export function endsSession({ session, requestNumber }: Pick<Request, 'session' | 'requestNumber'>): boolean {
  return requestNumber === 0 && session > 0;
}

/** An entry of the log: a request, with the primary's prediction for it, which is never made again (VRR §4.4). */
export interface Entry extends Omit<Request, 'answered' | 'viewNumber'> {
  readonly predicted: Predicted;
}

/** An entry as a list without field names, which would be half its size. */
export type EncodedEntry = readonly [
  clientId: string,
  session: number,
  requestNumber: number,
  time: number,
  random: number,
  operation: Json,
];

/** The entry as a JSON value. */
export function encodeEntry({ clientId, session, requestNumber, predicted, operation }: Entry): EncodedEntry {
  return [clientId, session, requestNumber, predicted.time, predicted.random, operation];
}
