/**
 * The files in `transcripts/` show the protocol at work, to be read beside the paper. Each is compared to the letter with
 * what happens. `UPDATE_TRANSCRIPTS=1 npm test -- paper/transcripts` writes them anew.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';
import { realImplementation } from '../../models/world/implementation.ts';
import { impossible, playedOn } from './transcript.ts';

const folder = new URL('transcripts/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.txt'));

describe('a transcript of the paper', () => {
  test.each(names)('%s shows what happens', (name) => {
    const text = readFileSync(new URL(name, folder), 'utf8');
    const played = playedOn(realImplementation, text);
    if (process.env.UPDATE_TRANSCRIPTS !== undefined) writeFileSync(new URL(name, folder), played);
    else expect(played).toBe(text);
    expect(played).not.toContain(impossible);
  });

  test.each([
    ['4.1-normal-operation.txt', 'execute-on-prepare', '  r1: +c0.1 at 1, executed 1 c0.1\n'],
    ['4.1-repeated-request.txt', 'no-dedupe', '  r0: +c0.1 at 2\n'],
    [
      '4.2-choice-of-a-log.txt',
      'longest-log-wins',
      '  r2: v2 normal, lnv2, log: c2.1 → c0.1 c1.1, wrote 2\n',
    ],
    ['4.3-forgotten-vote.txt', 'paper-recovery', '  breaks never-backwards: r1: It sent a message in view 1'],
    ['5.2-later-view.txt', 'truncate-on-getstate', '  r0: v0 state-transfer, log: c0.1 → nothing, asks r1'],
    ['6.2-batching.txt', 'batch-partial-ack', '  r1: +c1.1 at 2, executed 1 c0.1\n'],
  ])('%s does not happen with the mutant %s', async (name, mutant, outcome) => {
    const text = readFileSync(new URL(name, folder), 'utf8');
    const played = playedOn(await loadImplementation(mutantNamed(mutant)), text);
    expect(played).not.toBe(text);
    expect(played).toContain(outcome);
  });
});
