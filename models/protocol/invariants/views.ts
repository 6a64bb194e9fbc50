import { type DoViewChange, isBetter, isForgotten } from '../../../spec/protocol/index.ts';
import { firstSeen, type ProtocolInvariant } from './invariant.ts';

/** How a view takes over what was committed before it. */

export const views: readonly ProtocolInvariant[] = [
  {
    name: 'quorum-started-view',
    prose:
      'A quorum has voted for each view that was started, and its first log is no worse than that of some quorum.',
    carries: 'Without one, no voter need hold what was committed.',
    seen: ({ state: { started, group }, votes }) =>
      firstSeen([...started.entries()], ([viewNumber, first]) => {
        if (viewNumber === 0 || first === undefined) return undefined;
        const cast = votes.filter((vote) => vote.viewNumber === viewNumber);
        const same = cast.filter(({ log }) => log === first);
        const [chosen] = same.filter((vote) => !same.some((other) => isBetter(other, vote)));
        if (chosen === undefined)
          return `View ${viewNumber} began with a log for which no replica has voted.`;
        const noBetter = cast.filter((vote) => !isBetter(vote, chosen));
        const voters = new Set(noBetter.map(({ replica }) => replica)).size;
        return voters < group.quorum && `View ${viewNumber} began with a log that ${voters} votes support.`;
      }),
  },
  {
    name: 'started-with-committed',
    prose: 'Each view was started with all that earlier views have committed, or ever will.',
    carries: 'The new primary gives the op-numbers after it to other requests.',
    seen: ({ state: { started }, committed }) =>
      firstSeen(committed, ({ viewNumber, log }) => {
        const later = started.findIndex(
          (first, view) => view > viewNumber && first !== undefined && !log.begins(first),
        );
        return later >= 0 && `View ${later} began without what view ${viewNumber} has committed.`;
      }),
  },
  {
    name: 'votes-meet-committed',
    prose:
      'No votes of a quorum for a view lack what earlier views have committed, unless one of these voters knows that another has lost its ' +
      'storage since it voted.',
    carries: 'start-view takes the votes of any quorum, and one of them must tell the entry.',
    seen: ({ state: { group }, votes, committed }) =>
      firstSeen(committed, ({ viewNumber, log }) => {
        const lacking = votes.filter(
          (vote) =>
            vote.viewNumber > viewNumber &&
            (vote.lastNormalView < viewNumber ||
              (vote.lastNormalView === viewNumber && !log.begins(vote.log))),
        );
        for (const later of new Set(lacking.map((vote) => vote.viewNumber))) {
          const cast = lacking.filter((vote) => vote.viewNumber === later);
          if (mostThatCount(cast) >= group.quorum)
            return `A quorum of votes for view ${later} lacks what view ${viewNumber} has committed.`;
        }
        return undefined;
      }),
  },
  {
    name: 'committed-agree',
    prose: 'What two views have committed is one list.',
    carries: 'Replicas execute by the views of their logs, and must execute the same.',
    seen: ({ committed, history }) =>
      firstSeen(
        committed,
        ({ viewNumber, log }) =>
          !log.begins(history) &&
          !history.begins(log) &&
          `View ${viewNumber} has committed other entries than were executed.`,
      ),
  },
  {
    name: 'executed-was-acknowledged',
    prose: 'A quorum has acknowledged, in one view, all that was executed.',
    carries: 'Else start-view need not find it, and another request may take its place.',
    seen: ({ committed, history }) =>
      history.length > 0 && !committed.some(({ log }) => history.begins(log))
        ? `No quorum has acknowledged the ${history.length} entries that were executed.`
        : undefined,
  },
];

/** Of how many replicas the votes can count together. */
function mostThatCount(votes: readonly DoViewChange[], chosen: readonly DoViewChange[] = []): number {
  const [vote, ...others] = votes;
  if (vote === undefined) return chosen.length;
  const isFree = chosen.every(
    (one) => one.replica !== vote.replica && !isForgotten(one, vote) && !isForgotten(vote, one),
  );
  const without = mostThatCount(others, chosen);
  return isFree ? Math.max(without, mostThatCount(others, [...chosen, vote])) : without;
}
