import { isSame, type Replica, type Stored } from '../../../spec/protocol/index.ts';
import { firstSeen, type ProtocolInvariant } from './invariant.ts';

/** What a replica has in memory, on disk and in writes. */

export const stored: readonly ProtocolInvariant[] = [
  {
    name: 'normal-before-moved',
    prose: 'No replica was last normal in a later view than the one to which it has moved.',
    carries: 'DOVIEWCHANGE would tell a log of a later view than the one for which it votes.',
    seen: ({ state }) =>
      firstSeen(
        state.replicas.flatMap(versionsOf),
        ({ viewNumber, lastNormalView }) =>
          lastNormalView > viewNumber && `Normal in view ${lastNormalView}, and moved to view ${viewNumber}.`,
      ),
  },
  {
    name: 'views-only-rise',
    prose: 'Neither view of a replica is later on its disk than in a write, or in a write than in memory.',
    carries: 'A crash would bring back a view that persist has overwritten.',
    seen: ({ state }) =>
      firstSeen(state.replicas, (replica) => {
        const versions = versionsOf(replica);
        const falls = versions.some((one, index) => {
          const later = versions[index + 1];
          return (
            later !== undefined &&
            (later.viewNumber < one.viewNumber ||
              (later.lastNormalView < one.lastNormalView && later.log !== undefined))
          );
        });
        return falls && `Its views fall: ${versions.map(({ viewNumber }) => viewNumber).join(', ')}.`;
      }),
  },
  {
    name: 'writes-end-in-memory',
    prose: 'Once all writes of a replica are durable, its disk has what is in its memory.',
    carries: 'A message that waits for the writes, such as PREPAREOK, would wait for ever, or tell too much.',
    seen: ({ state: { group, replicas } }) =>
      firstSeen(replicas, (replica) => {
        if (replica.status !== 'up') return undefined;
        const last = replica.writes.at(-1) ?? replica.disk;
        // Not by isSame, by which the specification decides whether to write.
        const isWhole =
          last.viewNumber === replica.viewNumber &&
          (group.mode === 'diskless' ||
            (last.lastNormalView === replica.lastNormalView && last.log === replica.log));
        return (
          !isWhole && `It holds view ${replica.viewNumber}, and its writes end in view ${last.viewNumber}.`
        );
      }),
  },
  {
    name: 'writes-change-the-disk',
    prose: 'No write repeats the one before it, or what is on the disk.',
    carries: 'PREPAREOK would wait for a write after each entry that a replica executes.',
    seen: ({ state }) =>
      firstSeen(state.replicas, ({ disk, writes }) => {
        const repeated = writes.find((one, index) => isSame(one, writes[index - 1] ?? disk));
        return repeated !== undefined && `View ${repeated.viewNumber} is written again with the same log.`;
      }),
  },
  {
    name: 'log-or-recovering',
    prose:
      'In durable mode a replica that is up has a log on its disk, or on the way to it since it recovered; one that recovers has none.',
    carries: 'Else the replica would take part without what it has promised, or recover for nothing.',
    seen: ({ state: { group, replicas } }) =>
      firstSeen(replicas, ({ status, disk, writes }) => {
        if (status === 'down' || (status === 'up' && group.mode === 'diskless')) return undefined;
        const isHeld = [disk, ...writes].some(({ log }) => log !== undefined);
        return isHeld !== (status === 'up') && `It is ${status}, its log ${isHeld ? 'stored' : 'lost'}.`;
      }),
  },
  {
    name: 'moved-view-survives',
    prose: 'A replica that recovers is in the view to which it had moved by its disk.',
    carries: 'recover would take it into a view that it has left (the paper’s flaw).',
    seen: ({ state }) =>
      firstSeen(
        state.replicas,
        ({ status, viewNumber, disk }) =>
          status === 'recovering' &&
          viewNumber !== disk.viewNumber &&
          `It recovers in view ${viewNumber}, and had moved to view ${disk.viewNumber}.`,
      ),
  },
];

/** What is on disk, what it becomes write by write, and what is in memory, if there is any. */
function versionsOf(replica: Replica): readonly Stored[] {
  const { status, disk, writes } = replica;
  return [disk, ...writes, ...(status === 'up' ? [replica] : [])];
}
