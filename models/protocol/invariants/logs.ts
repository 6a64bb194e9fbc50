import { type Log, primaryOf } from '../../../spec/protocol/index.ts';
import { agree, firstSeen, type ProtocolInvariant } from './invariant.ts';

/** What logs contain, and which of them agree. */

export const logs: readonly ProtocolInvariant[] = [
  {
    name: 'same-view-same-log',
    prose: 'Of two logs of the same view, held by replicas or told by messages, one begins with the other.',
    carries:
      'accept replaces a log by a longer one of its view, and execute takes the entries of a view for one list.',
    seen({ told, held }) {
      const longest: Log[] = [];
      return firstSeen([...held, ...told], ({ viewNumber, log }) => {
        const other = longest[viewNumber] ?? log;
        longest[viewNumber] = other.length > log.length ? other : log;
        return !agree(log, other) && `There are different logs of view ${viewNumber}.`;
      });
    },
  },
  {
    name: 'log-of-its-view',
    prose: 'Each log that a replica holds begins with that with which its view was started.',
    carries: 'start-view would take a vote that lacks what earlier views have committed.',
    seen: ({ state, held }) =>
      firstSeen(
        held,
        ({ viewNumber, log, replica }) =>
          state.started[viewNumber]?.begins(log) !== true &&
          `Replica ${replica} holds a log of view ${viewNumber} that does not begin as the view did.`,
      ),
  },
  {
    name: 'told-log-of-its-view',
    prose:
      'Each log of STARTVIEW and NEWSTATE, and of a vote, begins with that with which its view was started.',
    carries: 'adopt takes the log of the message whole, whatever the replica held before.',
    seen: ({ state: { started }, messages, votes }) =>
      firstSeen(
        [
          ...messages.filter((one) => one.type === 'STARTVIEW' || one.type === 'NEWSTATE'),
          ...votes.map(({ lastNormalView, log }) => ({ viewNumber: lastNormalView, log })),
        ],
        ({ viewNumber, log }) =>
          started[viewNumber]?.begins(log) !== true &&
          `A message tells a log of view ${viewNumber} that does not begin as the view did.`,
      ),
  },
  {
    name: 'primary-holds-most',
    prose: 'While the primary of a view is normal in it, no log of the view is longer than its own.',
    carries: 'order gives the next op-number: another entry would have it already.',
    seen: ({ state: { group, replicas }, told, held }) =>
      firstSeen([...replicas.entries()], ([number, { status, viewNumber, lastNormalView, log }]) => {
        if (status !== 'up' || viewNumber !== lastNormalView || primaryOf(group, viewNumber) !== number)
          return undefined;
        const longer = [...held, ...told].find(
          (one) => one.viewNumber === viewNumber && one.log.length > log.length,
        );
        return (
          longer !== undefined &&
          `The primary of view ${viewNumber} holds ${log.length} entries, another ${longer.log.length}.`
        );
      }),
  },
  {
    name: 'executed-stays-in-log',
    prose:
      'The log of each replica begins with all that it has executed, which is what the others have executed.',
    carries: 'execute takes the next entry, by its number alone.',
    seen: ({ state: { replicas }, history }) =>
      firstSeen([...replicas.entries()], ([number, { commitNumber, log }]) => {
        const executed = log.first(commitNumber);
        if (executed === undefined)
          return `Replica ${number} has executed ${commitNumber} of ${log.length} entries.`;
        return (
          !executed.begins(history) && `Replica ${number} has executed other entries than its log holds.`
        );
      }),
  },
  {
    name: 'entries-were-asked',
    prose: 'Each entry of a log is what a client has sent.',
    carries: 'execute would give effect to what no client wanted.',
    seen: ({ state: { sent }, held }) =>
      firstSeen(held, ({ log: { last } }) => {
        if (last === undefined) return undefined;
        const { clientId, session, requestNumber, operation } = last;
        const request = { type: 'REQUEST', clientId, session, requestNumber, operation } as const;
        return !sent.has(request) && `Request ${requestNumber} of ${clientId} was not sent.`;
      }),
  },
  {
    name: 'time-rises',
    prose: 'In a log the predicted times do not fall.',
    carries: 'execute gives each operation the time of its entry.',
    seen: ({ held }) =>
      firstSeen(held, ({ log: { last, before } }) => {
        const earlier = before?.last?.predicted.time ?? 0;
        return (
          last !== undefined &&
          last.predicted.time < earlier &&
          `Time ${last.predicted.time} follows ${earlier}.`
        );
      }),
  },
];
