import type { Action } from '../action.ts';
import { generationOf, withGeneration } from '../state/generations.ts';
import type { Recovery, RecoveryResponse } from '../state/messages.ts';
import { replicaAt, withReplica } from '../state/state.ts';
import { answersToThisRestart, crash, enoughAnswers } from './crashes.ts';

/** The storage of a replica is lost whole. */
export interface LoseStorage {
  readonly action: 'lose-storage';
  readonly replica: number;
}

/**
 * A replica crashes, and its storage is lost whole, with the number of the view to which it had moved: nothing is left that keeps its
 * promises. It comes back with an empty storage, and does not know how many it had lost before.
 */
export const loseStorage: Action<LoseStorage> = {
  section: 'departure from VRR §4.3',
  rules: [],
  next(state, { replica }) {
    const crashed = crash.next(state, { action: 'crash', replica, survivors: 0, isDamaged: true });
    const disk = { viewNumber: 0, lastNormalView: 0, log: undefined, generations: undefined };
    return withReplica(crashed, replica, { disk });
  },
};

/** A replica learns how often it has lost its storage. */
export interface LearnLoss {
  readonly action: 'learn-loss';
  readonly replica: number;
  readonly answers: readonly RecoveryResponse[];
}

/**
 * A replica that has lost its whole storage learns from the others of its losses before, and counts one more. Of each loss after
 * which it has taken part, f + 1 others know.
 */
export const learnLoss: Action<LearnLoss> = {
  section: 'departure from VRR §4.3',
  rules: [
    {
      name: 'has-lost-storage',
      sentence: 'The replica is recovering, and has lost its whole storage.',
      holds(state, { replica }) {
        const { status, disk } = replicaAt(state, replica);
        return status === 'recovering' && disk.generations === undefined;
      },
    },
    answersToThisRestart,
    enoughAnswers,
  ],
  next(state, { replica, answers }) {
    const { generations } = replicaAt(state, replica);
    const before = answers.map((answer) => generationOf(answer.generations, replica));
    const generation = Math.max(0, ...before) + 1;
    return withReplica(state, replica, { generations: withGeneration(generations, replica, generation) });
  },
};

/** A replica notes that another has lost its storage. */
export interface NoteLoss {
  readonly action: 'note-loss';
  readonly replica: number;
  readonly message: Recovery;
}

/** A replica notes which loss another has told. It may answer once that is on its disk. */
export const noteLoss: Action<NoteLoss> = {
  section: 'departure from VRR §4.3',
  rules: [
    {
      name: 'loss-was-told',
      sentence: 'The replica is up, and another one has told it the loss.',
      holds: (state, { replica, message }) =>
        replicaAt(state, replica).status === 'up' && message.replica !== replica && state.sent.has(message),
    },
  ],
  next(state, { replica, message }) {
    const { generations } = replicaAt(state, replica);
    return withReplica(state, replica, {
      generations: withGeneration(generations, message.replica, message.generation),
    });
  },
};
