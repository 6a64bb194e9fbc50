import { grouped } from '../../../impl/terminal/columns.ts';
import type { Mutant, ToleratedMutant } from '../../mutants/mutant.ts';
import { figuresOf, none, secondsText, settingsText } from '../table/figures.ts';
import { firstsToBreak, type MutationRun, summaryOf } from '../table/mutationRun.ts';
import type { ToleratedRuns } from '../tolerated/runsFile.ts';

const introduction = `# Why every rule is there

Each rule of the protocol is there because a guarantee breaks without it. For each rule there is a mutant: the
implementation with that rule removed. Each mutant has a page here, with the shortest known trace in which a property breaks.
The traces are kept in \`models/mutants/traces/\`. A mutant is replayed and hunted by its name:

\`\`\`sh
npm run replay -- paper-recovery
npm run hunt -- --mutant paper-recovery
\`\`\`

The length of a trace is its number of steps: requests and their repetitions, deliveries, timers and crashes. Events that
only make others possible, such as writes that become durable and restarts, do not count.

\`npm run reasons\` writes these pages from the catalogue of mutants, the kept traces, and the last full mutation run of
\`npm run mutants -- --keep\`. [What the specification catches](refinement.md) compares \`follows-protocol\` with all other properties.`;

/** The text of the contents page. */
export function contentsOf(
  mutants: readonly Mutant[],
  mutationRun: MutationRun | undefined,
  tolerated: { readonly ruleChanges: readonly ToleratedMutant[]; readonly runs: ToleratedRuns | undefined },
): string {
  const parts = [
    introduction,
    ...(mutationRun === undefined ? [] : [mutationRunText(mutationRun)]),
    tableOf(mutants, mutationRun),
    ...(tolerated.ruleChanges.length === 0 ? [] : [toleratedText(tolerated.ruleChanges)]),
    ...(tolerated.runs === undefined ? [] : [toleratedRunsText(tolerated.runs)]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function mutationRunText(mutationRun: MutationRun): string {
  const { mutants, caught, seconds, distribution, properties } = summaryOf(mutationRun);
  const times = distribution.map((stretch) => `| ${stretch.label} | ${stretch.mutants} |`);
  const middle = seconds === null ? 'none, because half of them were missed' : `${secondsText(seconds)} s`;
  const { ever, never } = firstsToBreak(properties);
  const firsts = ever.map(
    ({ property, times: hunts, mutants: number }) => `| \`${property}\` | ${grouped(hunts)} | ${number} |`,
  );
  const quoted = never.map((property) => `\`${property}\``).join(', ');
  return [
    '## How soon a hunt catches a mutant',
    '',
    `Each mutant was hunted as \`npm run hunt\` does, without any hint at the removed rule: ${settingsText(mutationRun)}.`,
    `${caught} of ${mutants} were caught with at least 19 of 20 seeds. The median of their median times until a property breaks`,
    `is ${middle}, without shrinking.`,
    '',
    '| median time | mutants |',
    '|---|---:|',
    ...times,
    '',
    '| first property to break | hunts | mutants |',
    '|---|---:|---:|',
    ...firsts,
    ...(never.length === 0 ? [] : ['', `Never the first: ${quoted}.`, ...never.flatMap(justification)]),
  ].join('\n');
}

function tableOf(mutants: readonly Mutant[], mutationRun: MutationRun | undefined): string {
  const rows = mutants.map(({ name, rule, section, guarantee }) => {
    const row = mutationRun?.rows.find(({ mutant }) => mutant === name);
    const figures = row === undefined ? Array.from({ length: 6 }, () => none) : figuresOf(row);
    return `| ${[`[${name}](${name}.md)`, rule, section, guarantee, ...figures].map(cell).join(' | ')} |`;
  });
  return [
    '## The rules',
    '',
    '- **guarantee**: the guarantee that breaks without the rule',
    '- **first property**: the property that was most often the first to break, and its share of the hunts',
    '- **caught**: with how many seeds a hunt caught the mutant',
    '- **events**, **seconds**: the median until a property broke',
    '- **shortened**: the median number of steps of the shortened traces',
    '- **shortest**: the number of steps of the shortest known trace; a star marks a figure from the catalogue of known bugs,',
    '  which counts steps a little differently, and a tilde its estimates',
    '',
    '| mutant | rule | section | guarantee | first property | caught | events | seconds | shortened | shortest |',
    '|---|---|---|---|---|---:|---:|---:|---:|---:|',
    ...rows,
  ].join('\n');
}

/** Why a property is kept although it is never the first to break. */
function justification(property: string): readonly string[] {
  if (property !== 'linearizable') return [];
  return [
    'A run that breaks `linearizable` breaks one of the other guarantees sooner, because together they imply it. It is kept',
    'because it is what clients rely on, and because it is checked from the observations of clients alone.',
  ];
}

/** The table of tolerated mutants. */
function toleratedText(tolerated: readonly ToleratedMutant[]): string {
  return [
    '## Tolerated mutants',
    '',
    'Removing one of these rules alone breaks no property.',
    '',
    '| mutant | rule | section | why nothing breaks |',
    '|---|---|---|---|',
    ...tolerated.map(
      ({ name, rule, section, because }) => `| ${[name, rule, section, because].map(cell).join(' | ')} |`,
    ),
  ].join('\n');
}

/** The results of `npm run tolerated`. */
function toleratedRunsText({ states, pairs }: ToleratedRuns): string {
  const { tried, incompatible, schedules, found } = pairs;
  return [
    'Every run of each of them was explored, with three replicas, one client and all properties, in both storage modes: once',
    'with one request, one crash and one restart, and once with one request and one timer. No run breaks a property. The',
    'numbers of states are:',
    '',
    '| mutant | crash, diskless | crash, durable | timer, diskless | timer, durable |',
    '|---|---:|---:|---:|---:|',
    ...Object.entries(states).map(([name, counts]) => `| ${name} | ${counts.map(grouped).join(' | ')} |`),
    '',
    `Each pair of them was hunted for ${grouped(schedules)} schedules: ${tried} pairs, of which ${incompatible} edit the same text and cannot be`,
    `combined. ${found.length === 0 ? 'No pair breaks a property.' : 'These pairs break a property:'}`,
    ...(found.length === 0 ? [] : ['', '| one | other | broken property |', '|---|---|---|']),
    ...found.map(({ names, property }) => `| ${names.join(' | ')} | \`${property}\` |`),
  ].join('\n');
}

/** Text escaped for one cell of a Markdown table. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('~', '\\~').replaceAll('*', '\\*').replaceAll('\n', ' ');
}
