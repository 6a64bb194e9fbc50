import type { Action, Rule } from '../action.ts';
import { noLosses } from '../state/generations.ts';
import { type Group, primaryOf } from '../state/group.ts';
import type { NewState, RecoveryResponse } from '../state/messages.ts';
import { isPrimary, replicaAt, type Stored, withReplica } from '../state/state.ts';
import { helpersKnowLoss, knownAfter, noForgottenAnswer } from './generations.ts';

/** The first of a replica's writes becomes durable. */
export interface Persist {
  readonly action: 'persist';
  readonly replica: number;
}

/** A write becomes durable: it takes effect whole, after all that were written before it. */
export const persist: Action<Persist> = {
  section: 'stable storage',
  rules: [],
  next(state, { replica }) {
    const [disk, ...writes] = replicaAt(state, replica).writes;
    return disk === undefined ? state : withReplica(state, replica, { disk, writes });
  },
};

/** A replica crashes. Its first `survivors` writes are durable, all others are lost. */
export interface Crash {
  readonly action: 'crash';
  readonly replica: number;
  readonly survivors: number;
  /** Whether the log on its disk is damaged, and known to be. */
  readonly isDamaged: boolean;
}

/** A replica loses its memory, the writes that were not durable, and perhaps the log on its disk. */
export const crash: Action<Crash> = {
  section: 'VRR §4.3',
  rules: [],
  next(state, { replica, survivors, isDamaged }) {
    const { disk, writes } = replicaAt(state, replica);
    const left = writes[survivors - 1] ?? disk;
    const damaged: Stored = { ...left, lastNormalView: 0, log: undefined };
    return withReplica(state, replica, {
      status: 'down',
      viewNumber: 0,
      lastNormalView: 0,
      log: state.empty,
      commitNumber: 0,
      generations: noLosses,
      disk: isDamaged ? damaged : left,
      writes: [],
      rounds: 0,
      reads: [],
    });
  },
};

/** A replica comes back. */
export interface Restart {
  readonly action: 'restart';
  readonly replica: number;
}

/**
 * A replica comes back with what is on its disk. If its log is not there, it must recover.
 *
 * A primary never resumes its view: PREPAREs may have left it that are not on its disk, and it would give their numbers to other
 * requests. It moves to the next view.
 */
export const restart: Action<Restart> = {
  section: 'VRR §4.3',
  rules: [
    {
      name: 'is-down',
      sentence: 'The replica is down.',
      holds: (state, { replica }) => replicaAt(state, replica).status === 'down',
    },
  ],
  next(state, { replica }) {
    const { disk, incarnation } = replicaAt(state, replica);
    const { viewNumber, lastNormalView, log, generations = noLosses } = disk;
    const again = { incarnation: incarnation + 1, viewNumber, generations };
    if (log === undefined) return withReplica(state, replica, { ...again, status: 'recovering' });
    const back = withReplica(state, replica, { ...again, status: 'up', lastNormalView, log });
    return lastNormalView === viewNumber && isPrimary(back, replica)
      ? withReplica(back, replica, { viewNumber: viewNumber + 1 })
      : back;
  },
};

/** A recovering replica takes up a view again. */
export interface Recover {
  readonly action: 'recover';
  readonly replica: number;
  readonly answers: readonly RecoveryResponse[];
  /** The log of the view: that of the primary's answer, or a longer one of the same view. */
  readonly message: RecoveryResponse | NewState;
}

/** A rule of all that a recovering replica does with the answers of others. */
type Answered = Pick<Recover, 'replica' | 'answers'>;

/** Otherwise they may be from before the replica has forgotten what it promised. */
export const answersToThisRestart: Rule<Answered> = {
  name: 'answers-to-this-restart',
  sentence: 'The answers were sent to this replica, since it restarted.',
  holds: (state, { replica, answers }) => {
    const { incarnation } = replicaAt(state, replica);
    return answers.every(
      (answer) =>
        answer.asked.replica === replica && answer.asked.nonce === incarnation && state.sent.has(answer),
    );
  },
};

/** As many as meet every quorum, without the replica itself. */
export const enoughAnswers: Rule<Answered> = {
  name: 'enough-answers',
  sentence: 'f + 1 other replicas have answered, each counted once.',
  holds: ({ group }, { replica, answers }) =>
    new Set(answers.map((answer) => answer.replica)).size > group.tolerated &&
    answers.every((answer) => answer.replica !== replica),
};

/** A replica that has lost its log takes that of the latest view from the others (VRR §4.3 step 3). */
export const recover: Action<Recover> = {
  section: 'VRR §4.3',
  rules: [
    {
      name: 'is-recovering',
      sentence: 'The replica is recovering.',
      holds: (state, { replica }) => replicaAt(state, replica).status === 'recovering',
    },
    answersToThisRestart,
    enoughAnswers,
    helpersKnowLoss,
    noForgottenAnswer,
    {
      name: 'primary-has-answered',
      sentence: 'The primary of the latest view among the answers has answered in that view.',
      holds: (state, { answers }) => primaryAnswer(state.group, answers) !== undefined,
    },
    {
      name: 'promised-view',
      sentence: 'That view is no earlier than the one to which the replica had moved before it crashed.',
      holds: (state, { replica, answers }) => latestView(answers) >= replicaAt(state, replica).viewNumber,
    },
    {
      name: 'log-of-that-view',
      sentence:
        'The log was sent, is that of the latest view, and begins with the one that its primary has told.',
      holds: ({ group, sent }, { answers, message }) => {
        const told = primaryAnswer(group, answers)?.log;
        const { log } = message;
        return (
          log !== undefined &&
          sent.has(message) &&
          message.viewNumber === latestView(answers) &&
          (told === undefined || told.begins(log))
        );
      },
    },
  ],
  next(state, { replica, answers, message }) {
    const { viewNumber } = message;
    const before = replicaAt(state, replica);
    const log = message.log ?? before.log;
    const generations = knownAfter(before, answers);
    return withReplica(state, replica, {
      status: 'up',
      viewNumber,
      lastNormalView: viewNumber,
      log,
      generations,
    });
  },
};

function latestView(answers: readonly RecoveryResponse[]): number {
  return Math.max(...answers.map(({ viewNumber }) => viewNumber));
}

function primaryAnswer(group: Group, answers: readonly RecoveryResponse[]): RecoveryResponse | undefined {
  const latest = latestView(answers);
  return answers.find(
    ({ viewNumber, replica, log }) =>
      viewNumber === latest && replica === primaryOf(group, latest) && log !== undefined,
  );
}
