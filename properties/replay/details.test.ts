import { describe, expect, it } from 'vitest';
import { goesOnLines } from '../../models/cli/output/replayDetails.ts';
import { goesOn } from '../../models/hunt/goesOn.ts';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';
import { traceFile } from '../../models/mutation/traces/keptTraces.ts';
import { readCounterexample } from '../../models/trace/file/counterexampleFile.ts';
import { replay } from '../../models/trace/replay.ts';
import { settling } from '../../models/trace/settling.ts';
import { detailsOf } from '../../models/trace/views/details.ts';
import { realImplementation } from '../../models/world/implementation.ts';
import { counterexampleOf, deliver, shortQuorum, trace } from './exampleTrace.ts';

describe('the details of a replay', () => {
  it('are what each step sent, with what votes carry, what is in flight, and the symbols used', () => {
    const vote = deliver('STARTVIEWCHANGE v1 r2→r1');
    const events = [...trace.slice(0, 10), { type: 'sync', replica: 2 } as const, vote];
    const details = detailsOf(replay(realImplementation, counterexampleOf(events)));
    const symbols = details.indexOf('Symbols:');
    expect(details.slice(0, symbols).join('\n')).toBe(`
Sent, by event:
  1   REQUEST c0/0 s1 c0→r0
  2   PREPARE v0 n1 r0→r1 r0→r2 (k0, c0.1)
  3   PREPAREOK v0 n1 r1→r0
  4   REPLY v0 s1 r0→c0 (position 1, digest 3938610557)
  7   PREPAREOK v0 n1 r2→r0
  9   STARTVIEWCHANGE v1 r1→r0 r1→r2
  11  STARTVIEWCHANGE v1 r2→r0 r2→r1
      DOVIEWCHANGE v1 r2→r1 (lnv0 k0, log c0.1)

In flight at the end:
  PREPAREOK v0 n1 r2→r0
  STARTVIEWCHANGE v1 r1→r0 r2→r0
  DOVIEWCHANGE v1 r2→r1 (lnv0 k0, log c0.1)
`);
    expect(details.slice(symbols)).toContain('  lnv1  last normal view');
    expect(details.join('\n')).not.toContain('nonce');
  });
});

describe('a run that breaks an invariant', () => {
  const name = 'ack-before-durable';
  const kept = readCounterexample(traceFile(name));

  it('goes on to a guarantee, and the continuation breaks it after the events of the run', async () => {
    const implementation = await loadImplementation(mutantNamed(name));
    const found = goesOn(implementation, kept.setup, kept.events, () => {});
    if (found === undefined) throw new Error('Nothing was found.');
    const { violation, records } = found.outcome;
    expect(violation.level).toBe('guarantee');
    expect(records).toEqual([...kept.events, ...found.records]);
    const recorded = { ...violation, event: records.length, phase: 'events' } as const;
    const longer = counterexampleOf(records, { setup: kept.setup, violation: recorded });
    expect(replay(implementation, longer, settling).outcome.kind).toBe('reproduced');
  });

  it('goes on to nothing that a client sees without the mutant', () => {
    expect(goesOn(realImplementation, kept.setup, kept.events.slice(0, 3), () => {})).toBeUndefined();
  });

  it('is not continued where it broke a guarantee itself', async () => {
    const short = await loadImplementation(mutantNamed('commit-quorum-short'));
    expect(goesOnLines(short, replay(short, shortQuorum), 100)).toEqual([]);
  });
});
