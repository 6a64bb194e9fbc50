import type { Json } from '../../promise/model/json.ts';
import type { Action } from '../action.ts';
import type { Read } from '../state/messages.ts';
import { isNormal, isPrimary, replicaAt, withReplica } from '../state/state.ts';
import { withClient } from './clients.ts';

/*
 * Reads that are in no log (VRR §6.3, which has leases for it). The primary notes how much is executed, asks the others who is still in its
 * view, and answers once a quorum is. Otherwise a primary that was replaced, and has not noticed, would answer from a state that is over.
 */

/** A client wants to read. */
export interface AskRead {
  readonly action: 'ask-read';
  readonly clientId: string;
  readonly operation: Json;
}

/** A client sends its next read, which has a number of its own. */
export const askRead: Action<AskRead> = {
  section: 'VRR §6.3',
  rules: [],
  next(state, { clientId, operation }) {
    const readNumber = (state.clients.find((client) => client.clientId === clientId)?.readNumber ?? 0) + 1;
    const read = { type: 'READ', clientId, readNumber, operation } as const;
    return { ...withClient(state, clientId, { readNumber }), sent: state.sent.with(read) };
  },
};

/** The primary notes a read. */
export interface NoteRead {
  readonly action: 'note-read';
  readonly replica: number;
  readonly read: Read;
}

/** The primary notes a read, with how much it has executed and how often it has asked who is in its view. */
export const noteRead: Action<NoteRead> = {
  section: 'departure from VRR §6.3',
  rules: [
    {
      name: 'primary-reads',
      sentence: 'Only a normal primary notes reads, in a group that has them.',
      holds: (state, { replica }) =>
        state.group.reads && isNormal(replicaAt(state, replica)) && isPrimary(state, replica),
    },
    {
      name: 'client-asked',
      sentence: 'A client has sent the read.',
      holds: ({ sent }, { read }) => sent.has(read),
    },
  ],
  next(state, { replica, read }) {
    const { reads, viewNumber, commitNumber, rounds } = replicaAt(state, replica);
    return withReplica(state, replica, { reads: [...reads, { read, viewNumber, commitNumber, rounds }] });
  },
};

/** The primary asks who is in its view. */
export interface BeginRound {
  readonly action: 'begin-round';
  readonly replica: number;
}

/**
 * The primary begins a round: it asks all others whether they are still in its view. Many reads share one round. What another replica began
 * would be in no message, and forgotten when it starts a view.
 */
export const beginRound: Action<BeginRound> = {
  section: 'departure from VRR §6.3',
  rules: [],
  next: (state, { replica }) => withReplica(state, replica, { rounds: replicaAt(state, replica).rounds + 1 }),
};
