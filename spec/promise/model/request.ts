import { type Json, sameJson } from './json.ts';

/**
 * One wish of one client. A client numbers its requests and never uses a number for two of them, so that
 * `clientId` and `requestNumber` together identify a request, however often it is sent.
 */
export interface Request {
  readonly clientId: string;
  /** Counted by the client, upwards. */
  readonly requestNumber: number;
  /** What the service is to do. */
  readonly operation: Json;
}

/** Whether both are the same client's request of the same number, whatever they ask for. */
export function sameIdentity(one: Request, other: Request): boolean {
  return one === other || (one.requestNumber === other.requestNumber && one.clientId === other.clientId);
}

/** Whether both are the same request and ask for the same operation. */
export function sameRequest(one: Request, other: Request): boolean {
  return one === other || (sameIdentity(one, other) && sameJson(one.operation, other.operation));
}

/** How a sentence calls the request. */
export function nameOf(request: Request): string {
  return `request ${request.requestNumber} of client ${request.clientId}`;
}
