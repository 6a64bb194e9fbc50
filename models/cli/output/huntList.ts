import { paragraph } from '../../../impl/terminal/layout.ts';
import { colours } from '../../../impl/terminal/terminal.ts';
import { guarantees } from '../../../spec/promise/index.ts';
import { coverageMarks } from '../../checking/coverage/index.ts';
import { invariants, settledInvariants } from '../../checking/properties.ts';
import { mutants } from '../../mutants/catalogue/index.ts';

/** What a hunt can remove, checks and counts: each mutant, property and coverage mark, with its prose. */
export function listLines(width: number): readonly string[] {
  const of = (title: string, things: readonly { readonly name: string; readonly prose: string }[]) => [
    colours.bold(`${title} (${things.length})`),
    ...things.flatMap(({ name, prose }) => [`  ${name}`, ...paragraph(prose, width, '    ')]),
    '',
  ];
  return [
    ...of(
      'Mutants: the rule that each removes',
      mutants.map(({ name, rule }) => ({ name, prose: rule })),
    ),
    ...of('Guarantees: what a client or an operator can see', guarantees),
    ...of('Invariants: of the replicas', [...invariants, ...settledInvariants]),
    ...of('Coverage marks: what runs should reach', coverageMarks),
  ].slice(0, -1);
}
