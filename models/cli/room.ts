import { runCommand, UsageError } from '../../impl/terminal/arguments.ts';
import { grouped } from '../../impl/terminal/columns.ts';
import { oneOf, wholeNumber } from '../../impl/terminal/optionValues.ts';
import { Progress, watchForInterrupt } from '../../impl/terminal/terminal.ts';
import { type FaultKind, faultKinds } from '../room/faults.ts';
import { shellMutants } from '../room/mutants.ts';
import { runRoom } from '../room/runRoom.ts';
import { shellWith } from '../room/shell.ts';
import { Totals } from '../room/totals.ts';

const kinds = Object.keys(faultKinds).filter(isKind);

await runCommand(
  {
    command: 'npm run room',
    summary:
      'Runs real servers and real clients in a simulated machine room, in virtual time: one run for each seed. Prints what broke a\n' +
      'property, how often each kind of fault struck, and how much faster than real time it was.\n' +
      'Exit codes: 0 nothing broke, 1 a property is broken, 2 usage.',
    options: {
      seed: { type: 'string', value: 'N', default: '1', help: 'the first seed' },
      runs: { type: 'string', value: 'N', default: '3', help: 'how many runs' },
      minutes: { type: 'string', value: 'N', default: '10', help: 'the virtual length of a run' },
      replicas: { type: 'string', value: 'N', default: '3', help: 'the size of the group, 1 to 7' },
      clients: { type: 'string', value: 'N', default: '3', help: 'how many clients' },
      pause: {
        type: 'string',
        value: 'MS',
        default: '2000',
        help: 'milliseconds between two requests of a part of a client, in the mean',
      },
      faults: { type: 'string', value: 'LIST', help: `of ${kinds.join(', ')}, or none (default: all)` },
      mutant: { type: 'string', value: 'NAME', help: `the shell without one rule: ${mutantNames()}` },
      events: { type: 'boolean', help: 'print what happens' },
    },
  },
  async ({ values }) => {
    const first = wholeNumber('--seed', values.seed, { min: 0, max: 2 ** 31 - 1 });
    const runs = wholeNumber('--runs', values.runs, { min: 1, max: 1_000_000 });
    const minutes = wholeNumber('--minutes', values.minutes, { min: 1, max: 100_000 });
    const mutant = shellMutants.find(({ name }) => name === values.mutant);
    if (values.mutant !== undefined && mutant === undefined)
      throw new UsageError(`--mutant must be one of ${mutantNames()}.`);
    const shell = mutant === undefined ? undefined : await shellWith(mutant.name, mutant.edits);
    const options = {
      replicas: wholeNumber('--replicas', values.replicas, { min: 1, max: 7 }),
      clients: wholeNumber('--clients', values.clients, { min: 1, max: 100 }),
      duration: minutes * 60_000,
      pause: wholeNumber('--pause', values.pause, { min: 1, max: 1_000_000 }),
      faults: faultsGiven(values.faults),
      ...(shell === undefined ? {} : { shell }),
      ...(values.events === true ? { onNote: (line: string) => console.log(line.trimEnd()) } : {}),
    };
    const interrupted = watchForInterrupt();
    const progress = new Progress();
    const before = process.cpuUsage();
    const total = new Totals();
    for (let seed = first; seed < first + runs && !interrupted(); seed++) {
      progress.show(() => `seed ${seed}`);
      const report = await runRoom({ seed, ...options });
      progress.clear();
      total.add(report);
      console.log(`Seed ${seed}: ${grouped(report.events)} events, digest ${report.digest}.`);
      for (const violation of report.violations) console.log(`  BROKEN ${violation.trim()}`);
    }
    const { user, system } = process.cpuUsage(before);
    for (const line of total.lines((user + system) / 1000)) console.log(line);
    if (interrupted()) return 130;
    return total.violations > 0 ? 1 : 0;
  },
);

function faultsGiven(list: string | undefined): readonly FaultKind[] {
  if (list === undefined) return kinds;
  return list === 'none' ? [] : list.split(',').map((kind) => oneOf('--faults', kind, kinds));
}

function isKind(name: string): name is FaultKind {
  return name in faultKinds;
}

function mutantNames(): string {
  return shellMutants.map(({ name }) => name).join(', ');
}
