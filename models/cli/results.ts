import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { runCommand, UsageError } from '../../impl/terminal/arguments.ts';
import { resultsPage, withSection } from './output/resultsPage.ts';

/** A section of the results page: what it is called, and the commands whose output it holds. */
interface Measurement {
  readonly name: string;
  readonly commands: readonly string[];
  /** How many lines at the end of each command's output are kept. All, if it is left out. */
  readonly lastLines?: number;
}

const explore = 'npm run explore -- --workers 2';
const lines =
  'npm run workbench -- --seed 1 --node-count 3 --time-limit 60 --rate 50 --latency 5 --nemesis partition,kill,pause --nemesis-interval 4';
const tcp =
  'npm run workbench -- --seed 1 --transport tcp --node-count 3 --time-limit 60 --rate 200 --concurrency 16 --nemesis partition,kill,pause,full,torn-write,bit-flip --targets one --nemesis-interval 4';

const measurements: readonly Measurement[] = [
  { name: 'bench', commands: ['npm run bench -- --seed 1'] },
  { name: 'bench:age', commands: ['npm run bench:age'] },
  { name: 'bench:storage', commands: ['npm run bench:storage'] },
  { name: 'bench:cluster', commands: ['npm run bench:cluster'] },
  { name: 'bench:explore', commands: ['npm run bench:explore'] },
  { name: 'bench:shrink', commands: ['npm run bench:shrink -- --seed 7'] },
  { name: 'bench:linearizable', commands: ['npm run bench:linearizable -- --seed 1'] },
  {
    name: 'explore',
    lastLines: 2,
    commands: [
      `${explore} --mode diskless`,
      `${explore} --mode durable`,
      `${explore} --mode diskless --requests 2`,
      `${explore} --mode durable --requests 2`,
      `${explore} --mode diskless --crashes 1`,
      `${explore} --mode durable --crashes 1`,
      `${explore} --mode durable --corruptions 1`,
    ],
  },
  {
    name: 'explore:large',
    lastLines: 2,
    commands: [
      `${explore} --mode durable --timeouts 3`,
      `${explore} --mode durable --timeouts 2 --partitions 1`,
      `${explore} --mode durable --requests 2 --crashes 1`,
      `${explore} --mode durable --timeouts 2 --crashes 1`,
      `${explore} --mode durable --replicas 5`,
      `${explore} --mode diskless --checkpoint-every 1`,
      `${explore} --mode durable --checkpoint-every 1`,
      `${explore} --mode diskless --checkpoint-every 1 --requests 2 --timers heartbeat`,
      `${explore} --mode durable --checkpoint-every 1 --requests 2 --timers heartbeat`,
      `${explore} --mode diskless --requests 2 --clients 1 --timeouts 0 --sessions 1`,
      `${explore} --mode diskless --sessions 1`,
      `${explore} --mode diskless --requests 2 --clients 2 --timeouts 0 --sessions 1`,
    ],
  },
  { name: 'mutants', commands: ['npm run mutants -- --workers 2'] },
  { name: 'tolerated', commands: ['npm run tolerated -- --seed 1 --schedules 600'] },
  { name: 'profiles', commands: ['npm run profiles -- --seed 1'] },
  { name: 'mutate', commands: ['npm run mutate'], lastLines: 8 },
  { name: 'processes', commands: [lines, tcp] },
];

await runCommand(
  {
    command: 'npm run results',
    summary:
      'Runs commands that measure, one after the other, and writes what they print to docs/results.md: to the section of\n' +
      'each measurement, with the date and the revision. Give the machine nothing else to do meanwhile.\n' +
      'Exit codes: 0 done, 1 a command failed and its section is as it was, 2 usage.',
    positionals: { value: 'NAME', help: 'a measurement, or more than one: --list names them' },
    options: {
      list: { type: 'boolean', help: 'name the measurements and their commands, and run nothing' },
      page: { type: 'string', value: 'FILE', help: 'the page that is written (by default docs/results.md)' },
    },
  },
  async ({ values, positionals: names }) => {
    const wanted = values.list ? measurements : names.map(measurementNamed);
    if (wanted.length === 0) throw new UsageError('It needs the name of a measurement. See --list.');
    const page = values.page ?? resultsPage;
    // A page without one of the sections is refused before anything is measured.
    for (const { name } of wanted) withSection(readFileSync(page, 'utf8'), name, '');
    if (values.list) {
      for (const { name, commands } of wanted) console.log([name, ...commands].join('\n  '));
      return 0;
    }
    let failed = 0;
    for (const { name, commands, lastLines } of wanted) {
      const load = loadavg()[0] ?? 0;
      const results: string[] = [];
      for (const command of commands) {
        const output = await outputOf(command);
        if (output === undefined) break;
        const kept = output
          .trimEnd()
          .split('\n')
          .slice(-(lastLines ?? Number.POSITIVE_INFINITY));
        results.push(`\`${command}\`\n\n\`\`\`text\n${kept.join('\n')}\n\`\`\`\n\n`);
      }
      if (results.length < commands.length) failed++;
      else {
        const text = readFileSync(page, 'utf8');
        writeFileSync(page, withSection(text, name, `\n${results.join('')}${origin(load)}\n`));
      }
    }
    return failed > 0 ? 1 : 0;
  },
);

function measurementNamed(name: string): Measurement {
  const found = measurements.find((measurement) => measurement.name === name);
  if (found !== undefined) return found;
  throw new UsageError(`There is no measurement '${name}'. See --list.`);
}

/** What the command prints to standard output; undefined if it fails. */
async function outputOf(command: string): Promise<string | undefined> {
  process.stdout.write(`${command}\n`);
  const [program = '', ...args] = command.replace(/^npm run/, 'npm run --silent').split(' ');
  const child = spawn(program, args, {
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    process.stdout.write(text);
  });
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code === 0) return output;
  process.stderr.write(`npm run results: ${command} ended with exit code ${code}.\n`);
  return undefined;
}

/** When and from what the figures come. The load is that of the machine before the commands ran. */
function origin(load: number): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const revision = git('rev-parse', '--short', 'HEAD');
  const changed = git('status', '--porcelain', '--', '*.ts', 'package*.json') === '' ? '' : ' with changes';
  const date = new Date().toISOString().slice(0, 10);
  return `Measured on ${date}, revision ${revision}${changed}; Node ${process.version}, ${availableParallelism()} cores, load ${load.toFixed(1)} before.\n`;
}
