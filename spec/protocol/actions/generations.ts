import type { Rule } from '../action.ts';
import { type Generations, generationOf, isSameKnowledge, together } from '../state/generations.ts';
import type { DoViewChange, RecoveryResponse } from '../state/messages.ts';
import { held, type Replica, replicaAt } from '../state/state.ts';

/*
 * What a storage that is lost whole adds to the rules of other chapters (departure from VRR §4.3; Michael, Ports, Sharma & Szekeres,
 * DISC 2017). The actions are in damage.ts.
 */

/**
 * A replica that has lost its storage may recover into an earlier view than the one for which it has voted, and acknowledge there what
 * that vote lacks.
 */
export const noForgottenVote: Rule<{ readonly votes: readonly DoViewChange[] }> = {
  name: 'no-forgotten-vote',
  sentence: 'No voter knows that another has lost its storage since that one voted.',
  holds: (_, { votes }) => votes.every((vote) => votes.every((other) => !isForgotten(vote, other))),
};

/** What its sender knows of lost storages. */
type Telling = Pick<DoViewChange | RecoveryResponse, 'replica' | 'generations'>;

/** Whether one message knows that the sender of the other has lost its storage since. */
export function isForgotten(told: Telling, { generations }: Telling): boolean {
  return generationOf(generations, told.replica) > generationOf(told.generations, told.replica);
}

/** A helper that has lost its storage since has forgotten what it had noted, and may vote without saying so. */
export const noForgottenAnswer: Rule<{ readonly answers: readonly RecoveryResponse[] }> = {
  name: 'no-forgotten-answer',
  sentence: 'No one that answered knows that another has lost its storage since that one answered.',
  holds: (_, { answers }) => answers.every((answer) => answers.every((other) => !isForgotten(answer, other))),
};

/** A message, and the replica that sends it. */
interface Sending<Sent> {
  readonly replica: number;
  readonly message: Sent;
}

/** Otherwise a vote of the sender might not tell of a loss after which it has helped. */
export const knowledgeIsHeld: Rule<Sending<DoViewChange | RecoveryResponse>> = {
  name: 'knowledge-is-held',
  sentence: 'The sender tells what it knows of lost storages, all of it, where a crash does not undo it.',
  holds: (state, { replica, message }) =>
    isSameKnowledge(held(state, replicaAt(state, replica)).generations, message.generations),
};

/** From then on the votes of the sender say that earlier votes of the recovering replica do not count. */
export const lossIsNoted: Rule<Sending<RecoveryResponse>> = {
  name: 'loss-is-noted',
  sentence:
    'The sender has noted, where a crash does not undo it, that the recovering replica has lost its storage so often.',
  holds: (state, { replica, message: { asked } }) => {
    const { generations } = held(state, replicaAt(state, replica));
    return generations !== undefined && generationOf(generations, asked.replica) >= asked.generation;
  },
};

/** What was answered before says nothing about what the others have noted. */
export const helpersKnowLoss: Rule<{
  readonly replica: number;
  readonly answers: readonly RecoveryResponse[];
}> = {
  name: 'helpers-know-loss',
  sentence:
    'If the replica has lost its whole storage, the answers are to a RECOVERY that told which loss it is, and know of no later one.',
  holds: (state, { replica, answers }) => {
    const { disk, generations } = replicaAt(state, replica);
    const own = generationOf(generations, replica);
    return (
      disk.generations !== undefined ||
      (own > 0 &&
        answers.every(
          ({ asked, generations: known }) => asked.generation === own && generationOf(known, replica) <= own,
        ))
    );
  },
};

/** What a replica that recovers with these answers knows of lost storages: what it has not lost, or what the others know. */
export function knownAfter(
  { disk, generations }: Replica,
  answers: readonly RecoveryResponse[],
): Generations {
  if (disk.generations !== undefined) return generations;
  return together([generations, ...answers.map((answer) => answer.generations)]);
}
