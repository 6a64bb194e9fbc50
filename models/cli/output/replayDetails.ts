import { paragraph } from '../../../impl/terminal/layout.ts';
import { Progress } from '../../../impl/terminal/terminal.ts';
import { continuations, goesOn } from '../../hunt/goesOn.ts';
import type { Replayed } from '../../trace/replay.ts';
import { violationOf } from '../../trace/views/verdict.ts';
import { eventText } from '../../world/event.ts';
import type { Implementation } from '../../world/implementation.ts';

/**
 * How the run goes on from the invariant that it broke to a guarantee, which a client or an operator sees broken. Empty if it broke
 * a guarantee itself, or nothing.
 */
export function goesOnLines(
  implementation: Implementation,
  { counterexample, outcome, happened }: Replayed,
  width: number,
): readonly string[] {
  const located = violationOf(outcome);
  if (located === undefined || located.violation.level === 'guarantee') return [];
  const progress = new Progress();
  let runs = 0;
  const records = counterexample.events.slice(0, happened);
  const found = goesOn(implementation, counterexample.setup, records, () =>
    progress.show(() => `Looking for what a client sees of it: ${++runs} runs`),
  );
  progress.clear();
  if (found === undefined) {
    const advice = `npm run hunt -- --mutant ${counterexample.mutant} --properties guarantees looks on from other runs.`;
    const text = `What a client sees: nothing, in ${continuations} ways in which the run could go on.`;
    return ['', ...paragraph(counterexample.mutant === null ? text : `${text} ${advice}`, width, '')];
  }
  const { violation, phase } = found.outcome;
  const end = happened + found.records.length;
  const when =
    phase === 'settling'
      ? `Once the group then settles without faults, ${violation.property} (guarantee) is broken.`
      : `${violation.property} (guarantee) is broken at event ${found.outcome.records.length}.`;
  return [
    '',
    `What a client sees, if the run goes on${end === happened ? '' : ' like this'}:`,
    ...found.records.flatMap((record, index) =>
      paragraph(`${happened + 1 + index}  ${eventText(record)}`, width, '  '),
    ),
    ...[when, `Seen: ${violation.seen}`].flatMap((line) => paragraph(line, width, '  ')),
  ];
}
