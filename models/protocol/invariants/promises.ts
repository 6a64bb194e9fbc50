import { generationOf, held, primaryOf, replicaAt } from '../../../spec/protocol/index.ts';
import { firstSeen, isKnownForgotten, type ProtocolInvariant } from './invariant.ts';

/** What the messages of a replica oblige it to. */

export const promises: readonly ProtocolInvariant[] = [
  {
    name: 'promise-is-durable',
    prose:
      'A replica that has sent a message as its own in a view has moved there by its disk, if its storage was never lost whole. ' +
      'COMMITOK is no promise: it says what was so.',
    carries: 'recover goes by the disk, and would take the replica into an earlier view.',
    seen: ({ state: { replicas }, messages }) =>
      firstSeen(messages, (message) => {
        if (!('replica' in message) || message.type === 'COMMITOK') return undefined;
        const { viewNumber = 0, generations } = replicas[message.replica]?.disk ?? {};
        if (generations === undefined || generationOf(generations, message.replica) > 0) return undefined;
        return (
          message.viewNumber > viewNumber &&
          `${message.type} of view ${message.viewNumber} by a replica with view ${viewNumber} on its disk.`
        );
      }),
  },
  {
    name: 'acknowledged-is-held',
    prose:
      'A replica holds what it has acknowledged in a view, or the log of a later view, unless it has lost its log and must recover.',
    carries: 'execute counts acknowledgements, and each must stand for an entry that survives.',
    seen: ({ state, acknowledgements }) =>
      firstSeen(acknowledgements, ({ replica, viewNumber, opNumber }) => {
        const { lastNormalView, log } = held(state, replicaAt(state, replica));
        const isKept =
          log === undefined ||
          lastNormalView > viewNumber ||
          (lastNormalView === viewNumber && log.length >= opNumber);
        return (
          !isKept &&
          `Replica ${replica} has acknowledged ${opNumber} in view ${viewNumber}, and holds ${log.length} of view ${lastNormalView}.`
        );
      }),
  },
  {
    name: 'vote-covers-acknowledged',
    prose:
      'The vote of a replica for a view has all that it has acknowledged, or ever will, in earlier ones, unless another knows that ' +
      'it has lost its storage since.',
    carries: 'start-view knows of an entry only by the votes of those that hold it.',
    seen: (facts) =>
      firstSeen(facts.acknowledgements, ({ replica, viewNumber, opNumber }) => {
        const vote = facts.votes.find(
          (one) =>
            one.replica === replica &&
            !isKnownForgotten(facts, one) &&
            one.viewNumber > viewNumber &&
            (one.lastNormalView < viewNumber ||
              (one.lastNormalView === viewNumber && one.log.length < opNumber)),
        );
        return (
          vote !== undefined &&
          `Replica ${replica} has voted for view ${vote.viewNumber} without entry ${opNumber} of view ${viewNumber}.`
        );
      }),
  },
  {
    name: 'vote-of-earlier-view',
    prose: 'The log of a vote is of no later view than the one for which it is.',
    carries: 'isBetter would prefer what a later view holds, and start an earlier one with it.',
    seen: ({ votes }) =>
      firstSeen(
        votes,
        ({ viewNumber, lastNormalView }) =>
          lastNormalView > viewNumber &&
          `A vote for view ${viewNumber} tells a log of view ${lastNormalView}.`,
      ),
  },
  {
    name: 'told-view-stays-started',
    prose:
      'Once a message has told of the log of a view, its primary cannot start it again: it has left the view, or its disk says that it was normal there, or it must recover.',
    carries: 'start-view would give the view a second first log.',
    seen({ state, messages, told }) {
      const views = new Set(told.map(({ viewNumber }) => viewNumber));
      for (const one of messages) if (one.type === 'PREPAREOK') views.add(one.viewNumber);
      return firstSeen([...views], (view) => {
        const primary = replicaAt(state, primaryOf(state.group, view));
        const { viewNumber, lastNormalView, log } = held(state, primary);
        return (
          log !== undefined &&
          viewNumber <= view &&
          lastNormalView < view &&
          `The primary of view ${view} might start it again.`
        );
      });
    },
  },
  {
    name: 'told-is-committed',
    prose: 'A quorum has acknowledged, in one view, every entry that a message tells as committed.',
    carries: 'execute takes the word of one message for it.',
    seen: ({ messages, committed }) => {
      const most = Math.max(0, ...committed.map(({ log }) => log.length));
      return firstSeen(
        messages,
        (message) =>
          'commitNumber' in message &&
          message.commitNumber > most &&
          `${message.type} tells ${message.commitNumber} committed entries, and a quorum has acknowledged ${most}.`,
      );
    },
  },
  {
    name: 'reply-is-executed',
    prose: 'The log that REPLY tells was executed, and ends with the request.',
    carries: 'take-answer gives the client the result of this log.',
    seen: ({ messages, history }) =>
      firstSeen(
        messages,
        (one) =>
          one.type === 'REPLY' &&
          (!one.log.begins(history) ||
            one.log.last?.clientId !== one.clientId ||
            one.log.last.requestNumber !== one.requestNumber) &&
          `REPLY to ${one.clientId} tells a log that was not executed for it.`,
      ),
  },
  {
    name: 'read-is-executed',
    prose: 'Each READREPLY answers a READ that a client has sent, and the log that it tells was executed.',
    carries: 'take-answer gives the client what this log says.',
    seen: ({ state: { sent }, messages, history }) =>
      firstSeen(
        messages,
        (one) =>
          one.type === 'READREPLY' &&
          (!sent.has(one.read) || !one.log.begins(history)) &&
          `READREPLY to ${one.read.clientId} tells a log that was not executed, or answers what was not asked.`,
      ),
  },
  {
    name: 'restarts-are-told-apart',
    prose: 'No RECOVERY has the nonce of a restart that is still to come.',
    carries: 'recover would count an answer that was sent before the crash.',
    seen: ({ state, asked }) =>
      firstSeen(asked, ({ replica, nonce }) => {
        const { incarnation } = replicaAt(state, replica);
        return nonce > incarnation && `RECOVERY of restart ${nonce}, after ${incarnation}.`;
      }),
  },
  {
    name: 'answers-were-asked',
    prose: 'Each RECOVERYRESPONSE answers a RECOVERY that was sent.',
    carries: 'recover takes an answer with its nonce for one of after the crash.',
    seen: ({ state: { sent }, answers }) =>
      firstSeen(
        answers,
        ({ asked, replica }) => !sent.has(asked) && `Replica ${replica} answers what was not asked.`,
      ),
  },
  {
    name: 'answer-with-log-is-of-primary',
    prose: 'Only the primary of a view adds its log to RECOVERYRESPONSE.',
    carries: 'recover takes the log for all that the primary had when it was asked.',
    seen: ({ state: { group }, answers }) =>
      firstSeen(
        answers,
        ({ viewNumber, replica, log }) =>
          log !== undefined &&
          primaryOf(group, viewNumber) !== replica &&
          `Replica ${replica} tells the log of view ${viewNumber}.`,
      ),
  },
];
