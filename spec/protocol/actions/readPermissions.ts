import { isNormal, isPrimary, type NotedRead, replicaAt, type State } from '../state/state.ts';
import type { OfType, Permission } from './permission.ts';

/** When CONFIRM may be sent. */
export const confirmRules: Permission<'CONFIRM'>['rules'] = [
  {
    name: 'round-has-begun',
    sentence: 'The sender is the normal primary of the view, and has begun the round.',
    holds(state, { replica, message: { viewNumber, round } }) {
      const sender = replicaAt(state, replica);
      if (!isNormal(sender) || !isPrimary(state, replica) || sender.viewNumber !== viewNumber) return false;
      return round > 0 && round <= sender.rounds;
    },
  },
];

/** When COMMITOK may be sent. */
export const commitOkRules: Permission<'COMMITOK'>['rules'] = [
  {
    name: 'was-asked',
    sentence: 'The primary of the view has begun the round.',
    holds: ({ sent }, { message: { viewNumber, round } }) => sent.has({ type: 'CONFIRM', viewNumber, round }),
  },
  {
    name: 'no-later-view',
    sentence: 'The sender takes part, and has moved to no later view.',
    holds(state, { replica, message }) {
      const { status, viewNumber } = replicaAt(state, replica);
      return status === 'up' && viewNumber <= message.viewNumber;
    },
  },
];

/** When READREPLY may be sent. A read is answered by the replica that has noted it, also if its view is over by then. */
export const readReplyRules: Permission<'READREPLY'>['rules'] = [
  {
    name: 'log-is-executed',
    sentence: 'The sender has executed this log.',
    holds(state, { replica, message }) {
      const { log, commitNumber } = replicaAt(state, replica);
      return message.log.length <= commitNumber && message.log.begins(log);
    },
  },
  {
    name: 'read-was-noted',
    sentence: 'The sender has noted the read, and by then it had executed no more than this log.',
    holds: (state, { replica, message }) =>
      notesOf(state, replica, message).some(({ commitNumber }) => commitNumber <= message.log.length),
  },
  {
    name: 'inherited-is-executed',
    sentence:
      'The log has all entries with which the view began. An earlier primary may have answered requests among them.',
    holds: (state, { replica, message }) =>
      notesOf(state, replica, message).every(
        ({ viewNumber }) => (state.started[viewNumber]?.length ?? 0) <= message.log.length,
      ),
  },
  {
    name: 'quorum-confirmed',
    sentence:
      'Of a quorum, all others have said that they were in the view, in rounds that began after the read was noted.',
    holds: (state, { replica, message }) =>
      notesOf(state, replica, message).some(({ viewNumber, rounds }) => {
        const others = [...state.replicas.keys()].filter((other) => other !== replica);
        const confirmed = others.filter((other) => state.sent.confirmed(viewNumber, other) > rounds);
        return confirmed.length + 1 >= state.group.quorum;
      }),
  },
];

function notesOf(state: State, replica: number, { read }: OfType<'READREPLY'>): readonly NotedRead[] {
  return replicaAt(state, replica).reads.filter(
    (noted) => noted.read.clientId === read.clientId && noted.read.readNumber === read.readNumber,
  );
}
