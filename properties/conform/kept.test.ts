import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../root.ts';
import { judged } from './traces.ts';

/**
 * The traces of real servers of a mutant over TCP, up to the first step that is not legal: npm run workbench with --trace and
 * --mutant. All but those of commit-quorum-short gave their clients a linearizable history.
 */
const kept = join(root, 'properties/conform/traces');

const expected: Readonly<Record<string, string>> = {
  'ack-before-durable': 'r1.jsonl:12 entries-are-held of PREPAREOK',
  'call-before-write': 'r0.jsonl:85 has-moved of STARTVIEWCHANGE',
  'commit-quorum-short': 'r0.jsonl:47 entry-is-committed of execute',
  'execute-on-prepare': 'r1.jsonl:14 entry-is-committed of execute',
  'primary-counts-unwritten': 'r1.jsonl:67 entry-is-committed of execute',
  'startview-commits-all': 'r1.jsonl:38 entry-is-committed of execute',
};

it.each(readdirSync(kept))('a run of real servers with the mutant %s is refused', (mutant) => {
  const folder = join(kept, mutant);
  const { illegal } = judged(readdirSync(folder).map((file) => join(folder, file)));
  const { file = '', lineNumber, problem } = illegal ?? {};
  expect(`${file.slice(folder.length + 1)}:${lineNumber} ${problem?.rule} of ${problem?.about}`).toBe(
    expected[mutant],
  );
});
