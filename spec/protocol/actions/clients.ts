import type { Json } from '../../promise/model/json.ts';
import type { Action } from '../action.ts';
import type { Group } from '../state/group.ts';
import { endsSession, type Log } from '../state/log.ts';
import type { ReadReply, Reply } from '../state/messages.ts';
import type { Client, State } from '../state/state.ts';

/** What a log says of a client: its session, and the number of its latest request. */
export interface Registered {
  readonly session: number;
  readonly requestNumber: number;
  /** The op-number of that request. */
  readonly opNumber: number;
}

const known = new WeakMap<Log, ReadonlyMap<string, Registered>>();

/**
 * The client-table that follows from a log (VRR §4.1): client → what the log says of it. It is a function of the log, so that it
 * is right whenever the log is replaced.
 */
export function clientsAfter(log: Log, group: Group): ReadonlyMap<string, Registered> {
  const later: Log[] = [];
  let at = log;
  while (at.before !== undefined && !known.has(at)) {
    later.push(at);
    at = at.before;
  }
  let clients = known.get(at) ?? new Map<string, Registered>();
  for (const longer of later.reverse()) {
    clients = clientsWith(clients, longer, group);
    known.set(longer, clients);
  }
  return clients;
}

/** The client-table after one more entry, the last one of the log. */
function clientsWith(
  earlier: ReadonlyMap<string, Registered>,
  { length: opNumber, last }: Log,
  group: Group,
): ReadonlyMap<string, Registered> {
  if (last === undefined) return earlier;
  const { clientId, session, requestNumber } = last;
  const clients = new Map(earlier);
  const isBounded = group.sessions < Number.POSITIVE_INFINITY;
  if (endsSession(last)) {
    if (clients.get(clientId)?.session === session) clients.delete(clientId);
  } else if (isBounded && requestNumber === 0) {
    if (!clients.has(clientId) && clients.size >= group.sessions) clients.delete(oldestIn(clients));
    clients.set(clientId, { session: opNumber, requestNumber, opNumber });
  } else if (!isBounded || clients.get(clientId)?.session === session)
    clients.set(clientId, { session, requestNumber, opNumber });
  return clients;
}

/** The client whose latest entry is the oldest: a full table evicts it. */
function oldestIn(clients: ReadonlyMap<string, Registered>): string {
  const [[oldest] = ['']] = [...clients].sort(([, one], [, other]) => one.opNumber - other.opNumber);
  return oldest;
}

/** A client wants something new. */
export interface Submit {
  readonly action: 'submit';
  readonly clientId: string;
  readonly operation: Json;
}

/** A client sends its next request (VRR §4.1 step 1). */
export const submit: Action<Submit> = {
  section: 'VRR §4.1',
  rules: [],
  next(state, { clientId, operation }) {
    const requestNumber = (clientNamed(state, clientId)?.requestNumber ?? 0) + 1;
    const request = { type: 'REQUEST', clientId, session: 0, requestNumber, operation } as const;
    return { ...withClient(state, clientId, { requestNumber }), sent: state.sent.with(request) };
  },
};

/** A client takes the answer to its request. */
export interface TakeAnswer {
  readonly action: 'take-answer';
  readonly reply: Reply | ReadReply;
}

/** A client takes a reply as the answer to its request (VRR §4.1 step 8), or to its read. */
export const takeAnswer: Action<TakeAnswer> = {
  section: 'VRR §4.1',
  rules: [
    {
      name: 'reply-was-sent',
      sentence: 'A replica has sent the reply.',
      holds: ({ sent }, { reply }) => sent.has(reply),
    },
    {
      name: 'read-is-open',
      sentence: 'If it answers a read, that was not answered before. A later answer may be another one.',
      holds: (state, { reply }) =>
        reply.type === 'REPLY' ||
        (clientNamed(state, reply.read.clientId)?.readAnswered ?? 0) < reply.read.readNumber,
    },
  ],
  next(state, { reply }) {
    if (reply.type === 'READREPLY') {
      const { clientId, readNumber } = reply.read;
      return withClient(state, clientId, { readAnswered: readNumber });
    }
    const { clientId, requestNumber } = reply;
    return withClient(state, clientId, {
      answered: Math.max(requestNumber, clientNamed(state, clientId)?.answered ?? 0),
    });
  },
};

function clientNamed({ clients }: State, name: string): Client | undefined {
  return clients.find(({ clientId }) => clientId === name);
}

/** The state after a client has changed. */
export function withClient(state: State, name: string, change: Partial<Client>): State {
  return {
    ...state,
    clients: state.clients.map((client) => (client.clientId === name ? { ...client, ...change } : client)),
  };
}
