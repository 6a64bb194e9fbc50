import { type Json, sameJson } from './json.ts';

/**
 * One request of one client. A client never uses a number for two requests, so `clientId` and `requestNumber`
 * together identify a request, however often it is sent.
 */
export interface Request {
  readonly clientId: string;
  /** Grows with each request of the client. */
  readonly requestNumber: number;
  /** What the service is to do. */
  readonly operation: Json;
}

/** Whether both have the same client and number, whatever their operations. */
export function sameIdentity(one: Request, other: Request): boolean {
  return one === other || (one.requestNumber === other.requestNumber && one.clientId === other.clientId);
}

/** Whether both have the same client, number and operation. */
export function sameRequest(one: Request, other: Request): boolean {
  return one === other || (sameIdentity(one, other) && sameJson(one.operation, other.operation));
}

/** The request's name in a sentence. */
export function nameOf(request: Request): string {
  return `request ${request.requestNumber} of client ${request.clientId}`;
}
