import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Line } from '../../models/conform/format/line.ts';
import type { Problem } from '../../models/conform/problem.ts';
import type { Counterexample } from '../../models/trace/counterexample.ts';
import { readCounterexample } from '../../models/trace/file/counterexampleFile.ts';
import { framesOf, replay } from '../../models/trace/replay.ts';
import { settling } from '../../models/trace/settling.ts';
import { realImplementation } from '../../models/world/implementation.ts';
import { root } from '../root.ts';
import { JudgedWorld } from './tracedWorld.ts';

/** Runs, kept for mutants, of groups in which one service executes differently from the others. */
const folder = join(root, 'models/mutants/traces');
const runs = readdirSync(folder)
  .map((name) => readCounterexample(join(folder, name)))
  .filter(({ setup }) => setup.impure !== undefined);

interface Judged {
  readonly problem: Problem | undefined;
  /** Whether a replica has stopped for good in a step that was judged. */
  readonly hasHalted: boolean;
}

/** Judges the lines of a run, as far as they are shown. */
function judge(
  { setup: { inPlace: _, ...setup }, ...run }: Counterexample,
  shown?: (line: Line) => Line,
): Judged {
  const replayed = replay(realImplementation, { ...run, setup }, settling);
  const world = new JudgedWorld(replayed.start, shown);
  let hasHalted = false;
  for (const { before, after } of framesOf(replayed)) {
    const { replica: number = -1 } = after.last ?? {};
    const old = before.machines[number];
    const now = after.machines[number];
    if (old !== undefined && now !== undefined) world.step({ number, old, now, after });
    hasHalted ||= now?.replica?.halted !== undefined && world.problem === undefined;
  }
  return { problem: world.problem, hasHalted };
}

/** The line of a replica that tells no results. */
function withoutResults({ executed: _, sent, ...line }: Line): Line {
  const silent = sent?.map((one) =>
    one.message.type === 'REPLY' ? { ...one, message: { ...one.message, result: null } } : one,
  );
  return { ...line, ...(silent === undefined ? {} : { sent: silent }) };
}

describe('the run of a replica that executes differently', () => {
  it('is refused for its results', () => {
    const rules = runs.flatMap((run) => judge(run).problem?.rule ?? []);
    expect([...new Set(rules)]).toEqual(['same-result']);
  });

  it('is legal otherwise, with the step in which it stops for good', () => {
    const judged = runs.map((run) => judge(run, withoutResults));
    expect(judged.filter(({ problem }) => problem !== undefined)).toEqual([]);
    expect(judged.filter(({ hasHalted }) => hasHalted).length).toBeGreaterThan(1);
  });
});
