import type { Action } from '../action.ts';
import { primaryOf } from '../state/group.ts';
import { type Entry, endsSession, type Log } from '../state/log.ts';
import type { Message, NewState, Prepare, PrepareOk, Request } from '../state/messages.ts';
import { isNormal, isPrimary, replicaAt, type State, withReplica } from '../state/state.ts';
import { clientsAfter } from './clients.ts';

/** The primary appends a request to its log. */
export interface Order {
  readonly action: 'order';
  readonly replica: number;
  readonly request: Request;
  readonly predicted: Entry['predicted'];
}

/** The primary gives the request the next op-number (VRR §4.1 step 3). */
export const order: Action<Order> = {
  section: 'VRR §4.1',
  rules: [
    {
      name: 'primary-orders',
      sentence: 'Only a normal primary orders requests.',
      holds: (state, { replica }) => isNormal(replicaAt(state, replica)) && isPrimary(state, replica),
    },
    {
      name: 'client-asked',
      sentence: 'A client has sent the request.',
      holds: ({ sent }, { request }) => sent.has(request),
    },
    {
      name: 'request-is-next',
      sentence:
        'The request is the next of its session: the log has all before it, and not the request itself. The end of a session has no number.',
      holds: (state, { replica, request }) => isNext(state, replicaAt(state, replica).log, request),
    },
    {
      name: 'time-goes-on',
      sentence: 'The predicted time is no earlier than that of the entry before.',
      holds: (state, { replica, predicted }) =>
        predicted.time >= (replicaAt(state, replica).log.last?.predicted.time ?? 0),
    },
  ],
  next(state, { replica, request: { clientId, session, requestNumber, operation }, predicted }) {
    const { log } = replicaAt(state, replica);
    return withReplica(state, replica, {
      log: log.with({ clientId, session, requestNumber, operation, predicted }),
    });
  },
};

function isNext({ group }: State, log: Log, request: Request): boolean {
  // It takes effect once: the line of its session is gone then.
  if (endsSession(request)) return true;
  const { clientId, session, requestNumber } = request;
  const client = clientsAfter(log, group).get(clientId);
  // A client whose session has ended is turned away when the entry is executed.
  if (client === undefined) return group.sessions < Number.POSITIVE_INFINITY || requestNumber === 1;
  return client.session === session
    ? requestNumber === client.requestNumber + 1
    : group.sessions < Number.POSITIVE_INFINITY;
}

/** A backup takes entries that the primary has ordered: the log of the message, up to entry `opNumber`. */
export interface Accept {
  readonly action: 'accept';
  readonly replica: number;
  readonly message: Prepare | NewState;
  readonly opNumber: number;
}

/** A backup appends entries, in the order of the log (VRR §4.1 step 4; §5.2 if it has missed some). */
export const accept: Action<Accept> = {
  section: 'VRR §4.1',
  rules: [
    {
      name: 'entries-were-sent',
      sentence: 'A message with these entries was sent.',
      holds: ({ sent }, { message, opNumber }) => sent.has(message) && opNumber <= message.log.length,
    },
    {
      name: 'same-view',
      sentence: 'The replica is normal in the view of the message.',
      holds: (state, { replica, message }) => {
        const receiver = replicaAt(state, replica);
        return isNormal(receiver) && receiver.viewNumber === message.viewNumber;
      },
    },
    {
      name: 'log-grows',
      sentence: 'The entries follow those that are in the log of the replica.',
      holds: (state, { replica, opNumber }) => opNumber > replicaAt(state, replica).log.length,
    },
  ],
  next: (state, { replica, message, opNumber }) =>
    withReplica(state, replica, { log: message.log.first(opNumber) ?? message.log }),
};

/** A replica executes the next entry of its log. `evidence`: why the entry is committed. */
export interface Execute {
  readonly action: 'execute';
  readonly replica: number;
  /** A message that says that the entry is committed; or acknowledgements of a quorum. */
  readonly evidence: readonly Message[];
}

/** A replica executes the next entry of its log, once it is committed (VRR §4.1 steps 5 to 7). */
export const execute: Action<Execute> = {
  section: 'VRR §4.1',
  rules: [
    {
      name: 'entry-is-held',
      sentence: 'The replica is up, and the next entry is in its log. It need not be on its disk.',
      holds: (state, { replica }) => {
        const { status, log, commitNumber } = replicaAt(state, replica);
        return status === 'up' && commitNumber < log.length;
      },
    },
    {
      name: 'entry-is-committed',
      sentence:
        'The entry is committed: a quorum has acknowledged it in the view of the log, or a message of that view or of an earlier one says so.',
      holds: (state, { replica, evidence }) => {
        const { commitNumber, lastNormalView } = replicaAt(state, replica);
        return isCommitted(state, commitNumber + 1, lastNormalView, evidence);
      },
    },
    {
      name: 'primary-counts',
      sentence:
        'Where there are reads, only the primary of the view of the log counts acknowledgements. So it is the first that executes an entry of its view, and its reads miss nothing.',
      holds(state, { replica, evidence }) {
        const { group } = state;
        const { commitNumber, lastNormalView } = replicaAt(state, replica);
        const isNews = (one: Message) => isNewsOfCommit(one, commitNumber + 1, lastNormalView);
        return !group.reads || primaryOf(group, lastNormalView) === replica || evidence.some(isNews);
      },
    },
  ],
  next(state, { replica }) {
    return withReplica(state, replica, { commitNumber: replicaAt(state, replica).commitNumber + 1 });
  },
};

/** Whether these messages show that entry `opNumber` of the log of a view is committed. */
function isCommitted(
  { group, sent }: State,
  opNumber: number,
  viewNumber: number,
  evidence: readonly Message[],
): boolean {
  if (!evidence.every((message) => sent.has(message))) return false;
  if (evidence.some((message) => isNewsOfCommit(message, opNumber, viewNumber))) return true;
  const acknowledged = evidence.filter((message): message is PrepareOk => message.type === 'PREPAREOK');
  const holders = acknowledged.filter((one) => one.viewNumber === viewNumber && one.opNumber >= opNumber);
  return new Set(holders.map(({ replica }) => replica)).size >= group.quorum;
}

function isNewsOfCommit(message: Message, opNumber: number, viewNumber: number): boolean {
  return 'commitNumber' in message && message.viewNumber <= viewNumber && message.commitNumber >= opNumber;
}
