import { expect } from 'vitest';
import type { Counterexample } from '../../models/trace/counterexample.ts';
import { replay } from '../../models/trace/replay.ts';
import { settling } from '../../models/trace/settling.ts';
import { verdictOf } from '../../models/trace/views/verdict.ts';
import type { Implementation } from '../../models/world/implementation.ts';

/** The implementation breaks the recorded property at the recorded event of a kept trace, in the same words. */
export function expectReproduced(implementation: Implementation, kept: Counterexample): void {
  const replayed = replay(implementation, kept, settling);
  expect(verdictOf(replayed)).toMatch(/^Reproduced/);
  expect(replayed.outcome).toMatchObject({
    kind: 'reproduced',
    violation: { seen: kept.violation.seen },
  });
}
