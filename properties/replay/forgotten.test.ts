import { expect, it } from 'vitest';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';
import { keptTrace } from '../../models/mutation/traces/keptTraces.ts';
import { replay } from '../../models/trace/replay.ts';
import { settling } from '../../models/trace/settling.ts';

it('logs-are-copied does not believe a replica that forgets what its primary has shown', async () => {
  const name = 'fetched-end-not-compared';
  const trace = keptTrace(name);
  if (trace === undefined) throw new Error(`There is no trace of ${name}.`);
  const forgetful = {
    ...mutantNamed(name),
    edits: [
      {
        file: 'replica/transitions/transfer.ts',
        find: 'beginTransfer(context, viewNumber, primaryOf(replica.configuration, viewNumber), suffix);',
        replace:
          'beginTransfer(context, viewNumber, primaryOf(replica.configuration, viewNumber), suffix.opNumber < 0 ? suffix : undefined);',
      },
    ],
  };
  const { outcome } = replay(await loadImplementation(forgetful), trace, settling);
  expect(outcome).toMatchObject({ kind: 'moved', violation: { property: 'logs-are-copied' } });
});
