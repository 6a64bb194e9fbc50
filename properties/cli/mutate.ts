import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runCommand, UsageError } from '../../impl/terminal/arguments.ts';
import { columns } from '../../impl/terminal/columns.ts';
import { wholeNumber } from '../../impl/terminal/optionValues.ts';
import {
  type Figures,
  type GeneratedMutant,
  type Judgement,
  judge,
  readSurvivors,
  scoreOf,
} from './generatedMutants.ts';
import { runProgram } from './program.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const survivorsFile = 'properties/generated-mutants/survivors.json';
const readmeFile = 'properties/generated-mutants/README.md';
const reportFile = '.stryker-reports/mutation.json';
const leastScore = 90;

await runCommand(
  {
    command: 'npm run mutate',
    summary:
      'Changes the protocol core in every small way that StrykerJS knows, one at a time, and lists the changes that no test notices.\n' +
      'Exit codes: 0 all survivors are listed and the score is high enough, 1 otherwise, 2 usage.',
    positionals: { value: 'FILE', help: 'part of the path of a file of the core (default: all of it)' },
    options: {
      concurrency: { type: 'string', value: 'N', default: '2', help: 'try so many mutants at once' },
      last: { type: 'boolean', help: 'report the last run once more, without a new one' },
      write: { type: 'boolean', help: `render the result to ${readmeFile}` },
      json: { type: 'boolean', help: 'print the result as JSON, and nothing else' },
      seed: { type: 'string', value: 'N', help: 'ignored: the seed is fixed' },
    },
  },
  async ({ values, positionals }) => {
    const { write, last, json } = values;
    const concurrency = wholeNumber('--concurrency', values.concurrency, { min: 1, max: 99 });
    if ((write || last) && positionals.length > 0)
      throw new UsageError('--write and --last are about a run of the whole core. Leave out the files.');
    const survivors = readSurvivors(`${root}${survivorsFile}`);
    if (!last) {
      const code = await tryMutants(chosen(positionals), concurrency, json);
      if (code !== 0) return code;
    }
    if (!existsSync(`${root}${reportFile}`)) {
      const advice = last ? 'There is no run yet. Leave out --last.' : 'These files have no mutants.';
      throw new UsageError(advice);
    }
    const judgement = judge(`${root}${reportFile}`, survivors);
    const { mutated } = judgement;
    if (last && mutated.length < chosen([]).length)
      throw new UsageError(`The last run was only of ${mutated.join(', ')}. Leave out --last.`);
    if (write) writeFileSync(`${root}${readmeFile}`, `${readmeLines(judgement).join('\n')}\n`);
    if (json) console.log(JSON.stringify({ score: scoreOf(judgement.total), ...judgement }));
    else for (const line of reportLines(judgement)) console.log(line);
    return judgement.unlisted.length === 0 && scoreOf(judgement.total) >= leastScore ? 0 : 1;
  },
);

/** Runs Stryker on the files. Yields 0, or the exit code if Stryker failed. */
async function tryMutants(files: readonly string[], concurrency: number, silent: boolean): Promise<number> {
  // Stryker writes no report if the files have no mutants. The report of an earlier run must not be taken for it.
  rmSync(`${root}${reportFile}`, { force: true });
  const args = ['run', '--mutate', files.join(','), '--concurrency', String(concurrency)];
  if (silent) args.push('--reporters', 'json', '--logLevel', 'error');
  const code = await runProgram('@stryker-mutator/core/bin/stryker.js', args);
  if (code === 0) return 0;
  process.stderr.write('npm run mutate: not all mutants were judged; see the errors above.\n');
  return code > 128 ? code : 1;
}

/** The files of the core whose paths contain one of the parts. */
function chosen(parts: readonly string[]): readonly string[] {
  const core = ['impl/client', 'impl/replica', 'impl/tree'].flatMap((folder) =>
    readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
  );
  if (parts.includes(''))
    throw new UsageError(
      'A FILE is empty, and would stand for every file. Leave it out to take the whole core.',
    );
  for (const part of parts) {
    if (core.some((path) => path.includes(part))) continue;
    throw new UsageError(`No file of the core has '${part}' in its path. The files are ${core.join(', ')}.`);
  }
  return core.filter((path) => parts.length === 0 || parts.some((part) => path.includes(part)));
}

function reportLines({ files, total, unlisted, outdated }: Judgement): readonly string[] {
  return [
    ...columns([
      ['', 'mutants', 'killed', 'timed out', 'survived', 'not reached', 'equivalent', 'score'],
      ...files.map(({ file, figures }) => [file, ...cellsOf(figures)]),
      ['all', ...cellsOf(total)],
    ]),
    '',
    ...(unlisted.length === 0 ? ['Every survivor is listed.'] : [`Survivors not in ${survivorsFile}:`]),
    ...unlisted.map((mutant) => JSON.stringify(mutant)),
    ...(outdated.length === 0 ? [] : ['Listed, and survive no longer:']),
    ...outdated.map(({ file, line, original, mutator, replacement }) =>
      JSON.stringify({ file, line, original, mutator, replacement }),
    ),
  ];
}

function cellsOf(figures: Figures): readonly string[] {
  const { mutants, killed, timedOut, survived, uncovered, equivalent } = figures;
  return [
    ...[mutants, killed, timedOut, survived, uncovered, equivalent].map(String),
    `${scoreOf(figures).toFixed(1)} %`,
  ];
}

function readmeLines({ files, total, listed, unlisted, outdated }: Judgement): readonly string[] {
  const { mutants, killed, timedOut, survived, uncovered, equivalent } = total;
  const noticeable = listed.filter((survivor) => !survivor.equivalent);
  return [
    '# Generated mutants of the core',
    '',
    '`npm run mutate` changes the protocol core (`impl/replica/`, `impl/client/`, `impl/tree/`) in every small way that StrykerJS',
    'knows, one at a time: a condition is turned round, a call left out, a text emptied. Each such mutant is judged by a',
    'quick part of the properties ([parts.ts](parts.ts), [sizes.ts](sizes.ts)). A mutant that no test notices is either',
    'equivalent, which means that it cannot break a guarantee, or it shows what the properties leave',
    'open. Every survivor is listed in [survivors.json](survivors.json) with what it means.',
    '`npm run mutate -- --write` made this page from that list and from a run of the whole core.',
    '',
    `Of ${mutants} mutants, ${killed} were killed by a test and ${timedOut} ran into a time limit; ${survived + uncovered} survived,`,
    `${uncovered} of them because no test reaches them. ${equivalent} of the survivors are equivalent. Of the others`,
    `${scoreOf(total).toFixed(1)} % were noticed.`,
    '',
    '| File | Mutants | Killed | Timed out | Survived | Not reached | Equivalent | Score |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...files.map(({ file, figures }) => `| ${[file, ...cellsOf(figures)].join(' | ')} |`),
    `| ${['all', ...cellsOf(total)].join(' | ')} |`,
    '',
    '## Survivors that could be noticed',
    '',
    ...(noticeable.length === 0 ? ['There are none.'] : survivorLines(noticeable)),
    ...(unlisted.length === 0 ? [] : ['', '## Survivors that are not listed', '']),
    ...unlisted.map((mutant) => `- ${inWords(mutant)}`),
    '',
    '## Survivors that are equivalent',
    '',
    ...survivorLines(listed.filter((survivor) => survivor.equivalent)),
    ...(outdated.length === 0 ? [] : ['', '## Listed, and noticed in this run', '']),
    ...survivorLines(outdated),
  ];
}

function survivorLines(survivors: Judgement['listed']): readonly string[] {
  return survivors.map((survivor) => `- ${inWords(survivor)}: ${survivor.meaning}`);
}

function inWords({ file, line, original, replacement }: GeneratedMutant): string {
  const place = line === original ? '' : ` in ${code(line)}`;
  return `${file}: ${code(original)} → ${code(replacement)}${place}`;
}

/** In backticks, as many as it takes. */
function code(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}
