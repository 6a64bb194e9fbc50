import type { Action } from '../action.ts';
import { primaryOf } from '../state/group.ts';
import type { DoViewChange, NewState, StartView } from '../state/messages.ts';
import { replicaAt, withReplica } from '../state/state.ts';
import { noForgottenVote } from './generations.ts';

/** A replica moves to a later view. */
export interface EnterView {
  readonly action: 'enter-view';
  readonly replica: number;
  readonly viewNumber: number;
}

/**
 * A replica moves to a later view, because it suspects the primary or because another replica has moved there (VRR §4.2
 * step 1). Its log does not change: it is its vote.
 */
export const enterView: Action<EnterView> = {
  section: 'VRR §4.2',
  rules: [
    {
      name: 'takes-part',
      sentence: 'A replica that is recovering takes part in no view change.',
      holds: (state, { replica }) => replicaAt(state, replica).status === 'up',
    },
    {
      name: 'view-is-later',
      sentence: 'The view is later than the present one.',
      holds: (state, { replica, viewNumber }) => viewNumber > replicaAt(state, replica).viewNumber,
    },
  ],
  next: (state, { replica, viewNumber }) => withReplica(state, replica, { status: 'up', viewNumber }),
};

/** The primary of a view starts it with the best log of these votes. */
export interface StartTheView {
  readonly action: 'start-view';
  readonly replica: number;
  readonly votes: readonly DoViewChange[];
}

/**
 * The new primary starts its view with the log of the vote with the latest last normal view, and of those the longest (VRR
 * §4.2 step 3). Every committed entry is in the log of some voter, and no log of a later view lacks it.
 */
export const startView: Action<StartTheView> = {
  section: 'VRR §4.2',
  rules: [
    {
      name: 'view-not-started',
      sentence: 'The replica has moved to the view, and was not normal in it before.',
      holds: (state, { replica }) => {
        const { status, viewNumber, lastNormalView } = replicaAt(state, replica);
        return status === 'up' && lastNormalView < viewNumber;
      },
    },
    {
      name: 'primary-of-the-view',
      sentence: 'The replica is the primary of the view.',
      holds: (state, { replica }) => primaryOf(state.group, replicaAt(state, replica).viewNumber) === replica,
    },
    {
      name: 'votes-for-the-view',
      sentence: 'The votes were sent, and are for this view.',
      holds: (state, { replica, votes }) => {
        const { viewNumber } = replicaAt(state, replica);
        return votes.every((vote) => vote.viewNumber === viewNumber && state.sent.has(vote));
      },
    },
    {
      name: 'quorum-has-voted',
      sentence: 'A quorum of replicas has voted, each counted once.',
      holds: ({ group }, { votes }) => new Set(votes.map(({ replica }) => replica)).size >= group.quorum,
    },
    noForgottenVote,
  ],
  next(state, { replica, votes }) {
    const { viewNumber } = replicaAt(state, replica);
    const { log } = votes.reduce((best, vote) => (isBetter(vote, best) ? vote : best));
    const started = Array.from({ length: Math.max(state.started.length, viewNumber + 1) }, (_, view) =>
      view === viewNumber ? log : state.started[view],
    );
    return withReplica({ ...state, started }, replica, {
      lastNormalView: viewNumber,
      log,
      rounds: 0,
      reads: [],
    });
  },
};

/** Whether the log of one vote is to be preferred to that of the other (VRR §4.2 step 3). */
export function isBetter(one: DoViewChange, other: DoViewChange): boolean {
  return one.lastNormalView === other.lastNormalView
    ? one.log.length > other.log.length
    : one.lastNormalView > other.lastNormalView;
}

/** A replica takes up a view that has started, with its log. */
export interface Adopt {
  readonly action: 'adopt';
  readonly replica: number;
  readonly message: StartView | NewState;
}

/**
 * A replica becomes normal in a view that was started: it hears STARTVIEW (VRR §4.2 step 5), or fetches the log (VRR §5.2).
 * View and log change in one step.
 */
export const adopt: Action<Adopt> = {
  section: 'VRR §4.2, §5.2',
  rules: [
    {
      name: 'takes-part',
      sentence: 'A replica that is recovering adopts no log without the answers of f + 1 others.',
      holds: (state, { replica }) => replicaAt(state, replica).status === 'up',
    },
    {
      name: 'view-has-started',
      sentence: 'A replica that was normal in the view has sent its log.',
      holds: ({ sent }, { message }) => sent.has(message),
    },
    {
      name: 'no-earlier-view',
      sentence: 'The view is no earlier than the one to which the replica has moved.',
      holds: (state, { replica, message }) => message.viewNumber >= replicaAt(state, replica).viewNumber,
    },
    {
      name: 'not-twice',
      sentence:
        'The replica was not normal in the view before: it would drop entries that it has acknowledged since.',
      holds: (state, { replica, message }) => message.viewNumber > replicaAt(state, replica).lastNormalView,
    },
  ],
  next: (state, { replica, message: { viewNumber, log } }) =>
    withReplica(state, replica, { status: 'up', viewNumber, lastNormalView: viewNumber, log }),
};
