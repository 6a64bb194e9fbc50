import { type Configuration, primaryOf } from '../replica/configuration.ts';
import type { Reply, Request } from '../replica/messages.ts';
import { backedOff, delays } from '../replica/outputs.ts';
import { requestRefusal } from '../replica/refusal.ts';
import type { Json } from '../service/service.ts';

/**
 * The state of a client proxy (VRR §4, Figure 2), as plain data. It has one request outstanding at most.
 * `clientStep` changes it in place; `forkClient` makes a copy first where the old state is still needed.
 */
export interface Client {
  readonly configuration: Configuration;
  readonly name: string;
  /** The identity under which requests are numbered: a new one for each incarnation (repair of VRR §4.5). */
  readonly clientId: string;
  requestNumber: number;
  /** The latest view that this client was answered from: its primary is asked first. */
  viewNumber: number;
  outstanding: Request | undefined;
  /** How often the outstanding request was sent again. */
  retries: number;
}

/** Everything that can happen to a client proxy. */
export type ClientInput =
  | { readonly type: 'request'; readonly operation: Json }
  | { readonly type: 'message'; readonly message: Reply }
  /** The retry timer fired. */
  | { readonly type: 'timer' };

/** What a step of the client asks of the world around it. */
export type ClientOutput =
  | { readonly type: 'send'; readonly to: number; readonly message: Request }
  /** Fire the timer after `delay` ticks; with 0, do not fire it. */
  | { readonly type: 'timer'; readonly delay: number }
  /** The outstanding request was answered. */
  | { readonly type: 'answered'; readonly request: Request; readonly result: Json }
  | { readonly type: 'dropped'; readonly reason: string }
  | { readonly type: 'refused'; readonly reason: string };

/**
 * A client proxy that has sent nothing. No two clients, and no two incarnations of one client, may have the same name
 * and incarnation: after a crash nobody knows which request numbers were used, so a new identity is taken. (VRR §4.5
 * has the client add 2 to the latest number that replicas know, which is not enough when it crashes twice.)
 */
export function createClient(configuration: Configuration, name: string, incarnation: number): Client {
  const clientId = `${name}/${incarnation}`;
  return {
    configuration,
    name,
    clientId,
    requestNumber: 0,
    viewNumber: 0,
    outstanding: undefined,
    retries: 0,
  };
}

/** A copy that can be stepped while the original stays as it is. */
export function forkClient(client: Client): Client {
  const { configuration, name, clientId, requestNumber, viewNumber, outstanding, retries } = client;
  return { configuration, name, clientId, requestNumber, viewNumber, outstanding, retries };
}

/** One deterministic step of the client proxy: changes it in place, and yields what is asked of the world. */
export function clientStep(client: Client, input: ClientInput): readonly ClientOutput[] {
  switch (input.type) {
    case 'request':
      return request(client, input.operation);
    case 'message':
      return onReply(client, input.message);
    case 'timer':
      return retry(client);
  }
}

/** ⟨REQUEST op, c, s⟩ to the presumed primary, VRR §4.1 step 1. */
function request(client: Client, operation: Json): readonly ClientOutput[] {
  if (client.outstanding !== undefined) return [{ type: 'refused', reason: 'a request is outstanding' }];
  const { clientId, viewNumber, configuration } = client;
  const requestNumber = client.requestNumber + 1;
  const message: Request = { type: 'REQUEST', operation, clientId, requestNumber };
  // Replicas would refuse it without an answer, and the client would ask for ever.
  const reason = requestRefusal(configuration, message);
  if (reason !== undefined) return [{ type: 'refused', reason }];
  client.requestNumber = requestNumber;
  client.retries = 0;
  client.outstanding = message;
  return [
    { type: 'send', to: primaryOf(configuration, viewNumber), message },
    { type: 'timer', delay: delays.clientRetry },
  ];
}

/** No answer in time: the request goes to all replicas, VRR §4.1. */
function retry(client: Client): readonly ClientOutput[] {
  const message = client.outstanding;
  if (message === undefined) return [{ type: 'dropped', reason: 'nothing is outstanding' }];
  client.retries++;
  const sends = Array.from(
    { length: client.configuration.size },
    (_, to) => ({ type: 'send', to, message }) as const,
  );
  return [...sends, { type: 'timer', delay: backedOff(delays.clientRetry, client.retries) }];
}

/** ⟨REPLY v, s, x⟩, VRR §4.1 step 7. Only the answer to the outstanding request counts, and only it tells a view. */
function onReply(client: Client, message: Reply): readonly ClientOutput[] {
  const reason = replyRefusal(message);
  if (reason !== undefined) return [{ type: 'refused', reason }];
  const { outstanding } = client;
  const { clientId, requestNumber, result, viewNumber } = message;
  if (
    outstanding === undefined ||
    clientId !== client.clientId ||
    requestNumber !== outstanding.requestNumber
  ) {
    return [{ type: 'dropped', reason: 'that request is not outstanding' }];
  }
  client.outstanding = undefined;
  client.viewNumber = Math.max(client.viewNumber, viewNumber);
  return [
    { type: 'answered', request: outstanding, result },
    { type: 'timer', delay: 0 },
  ];
}

function replyRefusal(message: Reply): string | undefined {
  if (typeof message !== 'object' || message === null || message.type !== 'REPLY')
    return 'a client takes only a REPLY';
  if (!Number.isSafeInteger(message.viewNumber) || message.viewNumber < 0)
    return 'viewNumber must be a whole number from 0';
  return message.result === undefined ? 'result is missing' : undefined;
}
