import { grouped } from '../cli/report.ts';
import type { Ablation, Harmless } from '../mutants/mutant.ts';
import { type Campaign, firstsAmong, summaryOf } from './mutationRun.ts';
import type { HarmlessTrials } from './toleratedRuns.ts';
import { figuresOf, none, secondsText, settingsText } from './words.ts';

const introduction = `# Why every rule is there

Each rule of the protocol is there because something goes wrong without it. This is the list of what goes wrong: one page
for each rule, with the shortest story that is known in which its absence does harm. Each story is kept in
\`models/mutants/traces/\` and can be replayed by the rule's name; each rule can be taken out and hunted. A story is as long
as it has steps: requests and their repetitions, deliveries, timers and crashes. What only lets others happen, such as a
write or a restart, counts nothing.

\`\`\`sh
npm run replay -- paper-recovery
npm run hunt -- --ablation paper-recovery
\`\`\`

These pages are written by \`npm run reasons\` from the catalogue of ablations, the kept stories, and the last full campaign
of \`npm run ablations -- --keep\`.`;

/** The page that leads to all others. */
export function contentsOf(
  ablations: readonly Ablation[],
  campaign: Campaign | undefined,
  harmless: { readonly removals: readonly Harmless[]; readonly trials: HarmlessTrials | undefined },
): string {
  const parts = [
    introduction,
    ...(campaign === undefined ? [] : [campaignText(campaign)]),
    tableOf(ablations, campaign),
    ...(harmless.removals.length === 0 ? [] : [harmlessText(harmless.removals)]),
    ...(harmless.trials === undefined ? [] : [trialsText(harmless.trials)]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function campaignText(campaign: Campaign): string {
  const { ablations, caught, seconds, distribution, claims } = summaryOf(campaign);
  const times = distribution.map((stretch) => `| ${stretch.label} | ${stretch.ablations} |`);
  const middle = seconds === null ? 'none, for half of them were missed' : `${secondsText(seconds)} s`;
  const { ever, never } = firstsAmong(claims);
  const firsts = ever.map(
    ({ claim, times: hunts, ablations: number }) => `| \`${claim}\` | ${grouped(hunts)} | ${number} |`,
  );
  const quoted = never.map((claim) => `\`${claim}\``).join(', ');
  return [
    '## How soon a hunt notices',
    '',
    `Each ablation was hunted as \`npm run hunt\` hunts, which is told nothing of what was taken out: ${settingsText(campaign)}.`,
    `With at least 19 of 20 seeds ${caught} of ${ablations} were caught. The median of their median times until a claim breaks`,
    `is ${middle}; shrinking is not counted.`,
    '',
    '| median time | ablations |',
    '|---|---:|',
    ...times,
    '',
    '| first claim to break | hunts | ablations |',
    '|---|---:|---:|',
    ...firsts,
    ...(never.length === 0 ? [] : ['', `Never the first: ${quoted}.`, ...never.flatMap(defence)]),
  ].join('\n');
}

function tableOf(ablations: readonly Ablation[], campaign: Campaign | undefined): string {
  const rows = ablations.map(({ name, rule, section, guarantee }) => {
    const row = campaign?.rows.find(({ ablation }) => ablation === name);
    const figures = row === undefined ? Array.from({ length: 6 }, () => none) : figuresOf(row);
    return `| ${[`[${name}](${name}.md)`, rule, section, guarantee, ...figures].map(cell).join(' | ')} |`;
  });
  return [
    '## The rules',
    '',
    'Beside each: which guarantee breaks without it; which claim was mostly the first to break, and in what share of the',
    'hunts; with how many seeds it was caught; after how many events and seconds, in the median; how many steps the story had',
    'when it was shrunk and retold, in the median; and how many the shortest has that is known. A star marks what only the',
    'catalogue of known bugs says, where steps are counted a little differently, and a tilde what it estimates.',
    '',
    '| ablation | rule | section | guarantee | first claim | caught | events | seconds | retold | shortest |',
    '|---|---|---|---|---|---:|---:|---:|---:|---:|',
    ...rows,
  ].join('\n');
}

/** Why a claim is kept that is never the first to break. */
function defence(claim: string): readonly string[] {
  if (claim !== 'linearizable') return [];
  return [
    'Whatever breaks `linearizable` breaks one of the others sooner, for together they imply it. It is kept because it is what',
    'clients mean by all of them, and is judged from what clients see alone, so that nothing can slip between the others.',
  ];
}

/** Rules that can go without harm. */
function harmlessText(harmless: readonly Harmless[]): string {
  return [
    '## Rules that can go',
    '',
    'Taken out alone, these break nothing that is promised.',
    '',
    '| ablation | rule | section | why nothing breaks |',
    '|---|---|---|---|',
    ...harmless.map(
      ({ name, rule, section, because }) => `| ${[name, rule, section, because].map(cell).join(' | ')} |`,
    ),
  ].join('\n');
}

/** What was tried with them. */
function trialsText({ states, pairs }: HarmlessTrials): string {
  const { tried, incompatible, schedules, found } = pairs;
  return [
    'Without each of them every run was looked at, with three replicas, one client and all claims, in both storage modes: with',
    'one request, one crash and one restart; and with one request and one timer. So many states there are, and none breaks a',
    'claim:',
    '',
    '| ablation | crash, diskless | crash, durable | timer, diskless | timer, durable |',
    '|---|---:|---:|---:|---:|',
    ...Object.entries(states).map(([name, counts]) => `| ${name} | ${counts.map(grouped).join(' | ')} |`),
    '',
    `Each two of them were taken out together, and hunted for ${grouped(schedules)} schedules: ${tried} pairs, of which ${incompatible} change the same`,
    `text. ${found.length === 0 ? 'None does harm.' : 'These do harm together:'}`,
    ...(found.length === 0 ? [] : ['', '| one | the other | claim that broke |', '|---|---|---|']),
    ...found.map(({ names, claim }) => `| ${names.join(' | ')} | \`${claim}\` |`),
  ].join('\n');
}

/** Text that a table of Markdown takes for one cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('~', '\\~').replaceAll('*', '\\*').replaceAll('\n', ' ');
}
