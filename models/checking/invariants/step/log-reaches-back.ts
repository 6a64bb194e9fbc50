import type { Invariant } from '../invariant.ts';

/** An entry that is dropped is gone for every replica that still needs it, and for this one. */
export const logReachesBack: Invariant = {
  name: 'log-reaches-back',
  level: 'step',
  prose:
    'A replica drops only executed entries from its log. Unless it took up a checkpoint of another ' +
    'replica, it keeps the entries since the last checkpoint but one, for replicas that lag a little.',
  evidence: {
    reached: { answered: 200, 'log-compacted': 100, 'checkpoint-for-later-view': 1 },
    brokenBy: { mutant: 'gc-no-slack', replicas: 3, mode: 'durable' },
  },
  check({ old, now: { replica }, after }) {
    if (replica === undefined || replica.log.base === (old.replica?.log.base ?? 0)) return undefined;
    const { log, commitNumber, configuration } = replica;
    if (log.base > commitNumber)
      return `It has dropped ${log.base} entries, and executed ${commitNumber} of them.`;
    if (old.replica === undefined || after.last?.outputs.some(({ type }) => type === 'restored'))
      return undefined;
    const needed =
      commitNumber - (commitNumber % configuration.checkpointEvery) - configuration.checkpointEvery;
    return log.base > needed
      ? `It has dropped ${log.base} entries when ${commitNumber} were executed, and checkpoints are ${configuration.checkpointEvery} apart.`
      : undefined;
  },
};
