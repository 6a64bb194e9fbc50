import { grouped } from '../../../impl/terminal/columns.ts';
import type { Mutant, ToleratedMutant } from '../../mutants/mutant.ts';
import { figuresOf, none, secondsText, settingsText } from '../table/figures.ts';
import { firstsToBreak, type MutationRun, summaryOf } from '../table/mutationRun.ts';
import type { ToleratedRuns } from '../tolerated/runsFile.ts';

const introduction = `# Why every rule is there

Each rule of the protocol is there because something goes wrong without it. This is the list of what goes wrong: one page
for each rule, with the shortest trace that is known in which its absence does harm. Each trace is kept in
\`models/mutants/traces/\` and can be replayed by the rule's name; each rule can be taken out and hunted. A trace is as long
as it has steps: requests and their repetitions, deliveries, timers and crashes. What only lets others happen, such as a
write or a restart, counts nothing.

\`\`\`sh
npm run replay -- paper-recovery
npm run hunt -- --mutant paper-recovery
\`\`\`

These pages are written by \`npm run reasons\` from the catalogue of mutants, the kept traces, and the last full mutation run
of \`npm run mutants -- --keep\`.`;

/** The page that leads to all others. */
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
    ...(tolerated.runs === undefined ? [] : [trialsText(tolerated.runs)]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function mutationRunText(mutationRun: MutationRun): string {
  const { mutants, caught, seconds, distribution, properties } = summaryOf(mutationRun);
  const times = distribution.map((stretch) => `| ${stretch.label} | ${stretch.mutants} |`);
  const middle = seconds === null ? 'none, for half of them were missed' : `${secondsText(seconds)} s`;
  const { ever, never } = firstsToBreak(properties);
  const firsts = ever.map(
    ({ property, times: hunts, mutants: number }) => `| \`${property}\` | ${grouped(hunts)} | ${number} |`,
  );
  const quoted = never.map((property) => `\`${property}\``).join(', ');
  return [
    '## How soon a hunt notices',
    '',
    `Each mutant was hunted as \`npm run hunt\` hunts, which is told nothing of what was taken out: ${settingsText(mutationRun)}.`,
    `With at least 19 of 20 seeds ${caught} of ${mutants} were caught. The median of their median times until a property breaks`,
    `is ${middle}; shrinking is not counted.`,
    '',
    '| median time | mutants |',
    '|---|---:|',
    ...times,
    '',
    '| first property to break | hunts | mutants |',
    '|---|---:|---:|',
    ...firsts,
    ...(never.length === 0 ? [] : ['', `Never the first: ${quoted}.`, ...never.flatMap(defence)]),
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
    'Beside each: which guarantee breaks without it; which property was mostly the first to break, and in what share of the',
    'hunts; with how many seeds it was caught; after how many events and seconds, in the median; how many steps the trace had',
    'when it was shrunk and shortened, in the median; and how many the shortest has that is known. A star marks what only the',
    'catalogue of known bugs says, where steps are counted a little differently, and a tilde what it estimates.',
    '',
    '| mutant | rule | section | guarantee | first property | caught | events | seconds | shortened | shortest |',
    '|---|---|---|---|---|---:|---:|---:|---:|---:|',
    ...rows,
  ].join('\n');
}

/** Why a property is kept that is never the first to break. */
function defence(property: string): readonly string[] {
  if (property !== 'linearizable') return [];
  return [
    'Whatever breaks `linearizable` breaks one of the others sooner, for together they imply it. It is kept because it is what',
    'clients mean by all of them, and is judged from what clients see alone, so that nothing can slip between the others.',
  ];
}

/** Rules that can go without harm. */
function toleratedText(tolerated: readonly ToleratedMutant[]): string {
  return [
    '## Rules that can go',
    '',
    'Taken out alone, these break nothing that is promised.',
    '',
    '| mutant | rule | section | why nothing breaks |',
    '|---|---|---|---|',
    ...tolerated.map(
      ({ name, rule, section, because }) => `| ${[name, rule, section, because].map(cell).join(' | ')} |`,
    ),
  ].join('\n');
}

/** What was tried with them. */
function trialsText({ states, pairs }: ToleratedRuns): string {
  const { tried, incompatible, schedules, found } = pairs;
  return [
    'Without each of them every run was looked at, with three replicas, one client and all properties, in both storage modes: with',
    'one request, one crash and one restart; and with one request and one timer. So many states there are, and none breaks a',
    'property:',
    '',
    '| mutant | crash, diskless | crash, durable | timer, diskless | timer, durable |',
    '|---|---:|---:|---:|---:|',
    ...Object.entries(states).map(([name, counts]) => `| ${name} | ${counts.map(grouped).join(' | ')} |`),
    '',
    `Each two of them were taken out together, and hunted for ${grouped(schedules)} schedules: ${tried} pairs, of which ${incompatible} change the same`,
    `text. ${found.length === 0 ? 'None does harm.' : 'These do harm together:'}`,
    ...(found.length === 0 ? [] : ['', '| one | the other | property that broke |', '|---|---|---|']),
    ...found.map(({ names, property }) => `| ${names.join(' | ')} | \`${property}\` |`),
  ].join('\n');
}

/** Text that a table of Markdown takes for one cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('~', '\\~').replaceAll('*', '\\*').replaceAll('\n', ' ');
}
