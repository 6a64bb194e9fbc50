import { type Configuration, primaryOf } from '../replica/data/configuration.ts';
import { endsSession, type Request } from '../replica/data/entry.ts';
import type { ClientMessage, Reply } from '../replica/data/messages.ts';
import { backedOff, delays } from '../replica/data/outputs.ts';
import type { DropReason, RejectReason } from '../replica/data/reasons.ts';
import { validateRequest } from '../replica/validation/entry.ts';
import { notWhole } from '../replica/validation/fields.ts';
import type { Json } from '../tree/json.ts';

/**
 * The state of a client proxy (VRR §4, Figure 2), as plain data. `clientStep` changes it in place; `forkClient`
 * copies it first, where the old state is still needed.
 */
export interface Client {
  readonly configuration: Configuration;
  readonly name: string;
  /** A new one for each start of the client (repair of VRR §4.5). */
  readonly incarnation: number;
  /** The sessions of this incarnation that are over: evicted, or ended by it. */
  evictions: number;
  /** The identity under which requests are numbered. No two sessions share one. */
  clientId: string;
  /** Undefined: the client must be registered first. 0: it needs no registration. */
  session: number | undefined;
  /** The latest request of this session. */
  requestNumber: number;
  /** The latest view from which an answer came. The client asks its primary first. */
  viewNumber: number;
  /**
   * The requests without an answer, in the order of their numbers. They are sent once the client has a session. The end of the
   * session is the last one, and is sent once it is the only one.
   */
  outstanding: readonly Request[];
  /** The repetitions since the last answer: the backoff of the retry timer. */
  retries: number;
}

/** Everything that can happen to a client proxy. */
export type ClientInput =
  | { readonly type: 'request'; readonly operation: Json }
  /** End the session, which needs `mayEnd`. The next request begins another one. */
  | { readonly type: 'end' }
  | { readonly type: 'message'; readonly message: ClientMessage }
  /** The retry timer fired. */
  | { readonly type: 'timer' };

/** What a step of the client asks of the environment. */
export type ClientOutput =
  | { readonly type: 'send'; readonly to: number; readonly message: Request }
  /** Fire the timer after `delay` ticks; with 0, do not fire it. */
  | { readonly type: 'timer'; readonly delay: number }
  /** An outstanding request was answered. */
  | { readonly type: 'answered'; readonly request: Request; readonly result: Json }
  /** The service failed at an outstanding request. It changed nothing, and is not tried again. */
  | { readonly type: 'failed'; readonly request: Request }
  /**
   * The session has ended, and these requests will get no answer. Each may have been executed or not. The next
   * request starts another session.
   */
  | { readonly type: 'evicted'; readonly requests: readonly Request[] }
  /** The session has ended, as the client wanted. */
  | { readonly type: 'ended' }
  | { readonly type: 'dropped'; readonly reason: DropReason }
  | { readonly type: 'rejected'; readonly reason: RejectReason };

/**
 * A client proxy that has sent nothing. No two clients, and no two incarnations of a client, may have the same name
 * and incarnation. A crash loses the request numbers in use, so the client takes a new identity. (VRR §4.5 adds 2 to
 * the latest number that replicas know, which is not enough if the client crashes twice.)
 */
export function createClient(configuration: Configuration, name: string, incarnation: number): Client {
  return {
    configuration,
    name,
    incarnation,
    evictions: 0,
    clientId: identityOf(name, incarnation, 0),
    session: firstSession(configuration),
    requestNumber: 0,
    viewNumber: 0,
    outstanding: [],
    retries: 0,
  };
}

/**
 * Takes back the latest request, if it is outstanding, and yields it: its number is free again. The caller knows that no replica
 * has taken any copy of it, and that none is on its way. An earlier request cannot be taken back: the later ones count on its number.
 */
export function withdrawLatest(client: Client): Request | undefined {
  const latest = client.outstanding.at(-1);
  if (latest === undefined || endsSession(latest) || latest.requestNumber !== client.requestNumber)
    return undefined;
  client.outstanding = client.outstanding.slice(0, -1);
  client.requestNumber--;
  return latest;
}

function firstSession({ sessions }: Configuration): number | undefined {
  return sessions === Number.POSITIVE_INFINITY ? 0 : undefined;
}

/** A copy that can be stepped while the original does not change. */
export function forkClient(client: Client): Client {
  const { configuration, name, incarnation, evictions, clientId, session } = client;
  const { requestNumber, viewNumber, outstanding, retries } = client;
  return {
    configuration,
    name,
    incarnation,
    evictions,
    clientId,
    session,
    requestNumber,
    viewNumber,
    outstanding,
    retries,
  };
}

function identityOf(name: string, incarnation: number, evictions: number): string {
  return `${name}/${incarnation}${evictions === 0 ? '' : `.${evictions}`}`;
}

/** Whether the client may have one more request outstanding: replicas still keep the results of all of them then. */
export function mayRequest({ configuration, requestNumber, outstanding }: Client): boolean {
  const [oldest] = outstanding;
  if (isEnding(outstanding)) return false;
  return oldest === undefined || requestNumber + 1 < oldest.requestNumber + configuration.window;
}

/** Whether the client may end its session: it has one, and does not end it already. */
export function mayEnd({ session, outstanding }: Client): boolean {
  return session !== undefined && session > 0 && !isEnding(outstanding);
}

function isEnding(outstanding: readonly Request[]): boolean {
  const last = outstanding.at(-1);
  return last !== undefined && endsSession(last);
}

/**
 * One deterministic step of the client proxy: changes it in place and returns what the environment must do, in this
 * order.
 */
export function clientStep(client: Client, input: ClientInput): readonly ClientOutput[] {
  switch (input.type) {
    case 'request':
      return request(client, input.operation);
    case 'end':
      return end(client);
    case 'message':
      return onMessage(client, input.message);
    case 'timer':
      return retry(client);
  }
}

/** ⟨REQUEST op, c, s⟩ to the presumed primary, VRR §4.1 step 1. */
function request(client: Client, operation: Json): readonly ClientOutput[] {
  if (!mayRequest(client)) return [{ type: 'rejected', reason: 'window-full' }];
  const { session, configuration, outstanding } = client;
  const requestNumber = client.requestNumber + 1;
  // A client without a session does not know the number yet. Any number will do to validate the rest.
  const message: Request = {
    type: 'REQUEST',
    operation,
    clientId: client.clientId,
    session: session ?? 1,
    requestNumber,
  };
  // Replicas would reject it without an answer, and the client would ask forever.
  const reason = validateRequest(configuration, message);
  if (reason !== undefined) return [{ type: 'rejected', reason }];
  client.requestNumber = requestNumber;
  client.outstanding = [...outstanding, message];
  if (outstanding.length === 0) return begin(client, unanswered(client));
  return session === undefined ? [] : [sendToPrimary(client, message)];
}

/** ⟨REQUEST null, c, s, 0⟩, which ends session s. It waits until each request of the session is answered, and overtakes none. */
function end(client: Client): readonly ClientOutput[] {
  const { clientId, session, outstanding } = client;
  if (session === undefined || !mayEnd(client)) return [{ type: 'rejected', reason: 'no-session-to-end' }];
  const message: Request = { type: 'REQUEST', operation: null, clientId, session, requestNumber: 0 };
  client.outstanding = [...outstanding, message];
  return outstanding.length === 0 ? begin(client, client.outstanding) : [];
}

/** The requests that were sent and wait for an answer: the registration, or else the outstanding requests. */
function unanswered(client: Client): readonly Request[] {
  const { session, outstanding } = client;
  if (session !== undefined) return outstanding.filter((one, index) => index === 0 || !endsSession(one));
  if (outstanding.length === 0) return [];
  return [{ type: 'REQUEST', operation: null, clientId: client.clientId, session: 0, requestNumber: 0 }];
}

function begin(client: Client, messages: readonly Request[]): readonly ClientOutput[] {
  client.retries = 0;
  const sends = messages.map((message) => sendToPrimary(client, message));
  return [...sends, { type: 'timer', delay: delays.clientRetry }];
}

function sendToPrimary(client: Client, message: Request): ClientOutput {
  const { configuration, viewNumber } = client;
  return { type: 'send', to: primaryOf(configuration, viewNumber), message: withAnswered(client, message) };
}

/** The request, and what the client knows to be committed before it. */
function withAnswered({ outstanding, viewNumber }: Client, message: Request): Request {
  const answered = (outstanding[0]?.requestNumber ?? 0) - 1;
  if (message.requestNumber === 0 || answered <= 0) return message;
  const { type, operation, clientId, session, requestNumber } = message;
  return { type, operation, clientId, session, requestNumber, answered, viewNumber };
}

/** Retry timer: no answer came in time, so the requests go to all replicas, the oldest first (VRR §4.1). */
function retry(client: Client): readonly ClientOutput[] {
  const messages = unanswered(client);
  if (messages.length === 0) return [{ type: 'dropped', reason: 'nothing-outstanding' }];
  client.retries++;
  const outputs: ClientOutput[] = [];
  for (const message of messages)
    for (let to = 0; to < client.configuration.size; to++)
      outputs.push({ type: 'send', to, message: withAnswered(client, message) });
  outputs.push({ type: 'timer', delay: backedOff(delays.clientRetry, client.retries) });
  return outputs;
}

/** A message counts only if it answers an outstanding request. Only such a message changes the view. */
function onMessage(client: Client, message: ClientMessage): readonly ClientOutput[] {
  const reason = validateClientMessage(message);
  if (reason !== undefined) return [{ type: 'rejected', reason }];
  const { clientId, requestNumber } = message;
  const asked = unanswered(client).find((request) => request.requestNumber === requestNumber);
  if (asked === undefined || clientId !== asked.clientId)
    return [{ type: 'dropped', reason: 'request-not-outstanding' }];
  if (!isAnswerTo(asked, message)) return [{ type: 'dropped', reason: 'answer-of-another-kind' }];
  client.viewNumber = Math.max(client.viewNumber, message.viewNumber);
  if (message.type === 'EVICTED') return onEvicted(client);
  if (message.type === 'FAILED') return onEnded(client, { type: 'failed', request: asked });
  if (endsSession(asked)) return onSessionEnded(client);
  if (requestNumber === 0) return onRegistered(client, message);
  return onEnded(client, { type: 'answered', request: asked, result: message.result });
}

/** The registration and the end of a session have one request-number. A late answer to the first is none to the other. */
function isAnswerTo(asked: Request, message: ClientMessage): boolean {
  const isOfEnd = message.type === 'REPLY' && message.requestNumber === 0 && message.result === null;
  return endsSession(asked) === isOfEnd;
}

/** ⟨REPLY v, s, x⟩ or ⟨FAILED v, s⟩, VRR §4.1 step 7: the request is outstanding no more. */
function onEnded(
  client: Client,
  ended: ClientOutput & { readonly type: 'answered' | 'failed' },
): readonly ClientOutput[] {
  client.outstanding = client.outstanding.filter((request) => request !== ended.request);
  const [next] = client.outstanding;
  if (next === undefined) return [ended, { type: 'timer', delay: 0 }];
  if (endsSession(next)) return [ended, ...begin(client, [next])];
  client.retries = 0;
  return [ended, { type: 'timer', delay: delays.clientRetry }];
}

/** ⟨REPLY v, 0, s⟩: the registration is answered, and the requests made meanwhile are sent with the session. */
function onRegistered(client: Client, { result }: Reply): readonly ClientOutput[] {
  const session = Number(result);
  client.session = session;
  client.outstanding = client.outstanding.map(({ type, operation, clientId, requestNumber }) => ({
    type,
    operation,
    clientId,
    session,
    requestNumber,
  }));
  return begin(client, client.outstanding);
}

/** ⟨EVICTED v, s⟩: the session is over. */
function onEvicted(client: Client): readonly ClientOutput[] {
  const requests = client.outstanding;
  forgetSession(client);
  return [
    { type: 'evicted', requests },
    { type: 'timer', delay: 0 },
  ];
}

/** ⟨REPLY v, 0, null⟩: the session has ended. */
function onSessionEnded(client: Client): readonly ClientOutput[] {
  forgetSession(client);
  return [{ type: 'ended' }, { type: 'timer', delay: 0 }];
}

/** The next session has another identity, so that no old message can count for it. */
function forgetSession(client: Client): void {
  client.evictions++;
  client.clientId = identityOf(client.name, client.incarnation, client.evictions);
  client.session = firstSession(client.configuration);
  client.requestNumber = 0;
  client.outstanding = [];
}

function validateClientMessage(message: ClientMessage): RejectReason | undefined {
  if (
    typeof message !== 'object' ||
    message === null ||
    !['REPLY', 'FAILED', 'EVICTED'].includes(message.type)
  )
    return 'not-for-a-client';
  const { viewNumber, requestNumber } = message;
  const reason = notWhole('viewNumber', viewNumber);
  if (reason !== undefined) return reason;
  if (message.type === 'EVICTED') return requestNumber === 0 ? 'registration-evicted' : undefined;
  if (message.type === 'FAILED') return requestNumber === 0 ? 'registration-failed' : undefined;
  const { result } = message;
  if (requestNumber === 0 && result !== null && !(Number.isSafeInteger(result) && Number(result) > 0))
    return 'result-not-a-session';
  return result === undefined ? 'result-missing' : undefined;
}
