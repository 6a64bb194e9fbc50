import { runCommand, UsageError } from '../../impl/terminal/arguments.ts';
import {
  decimalNumber,
  oneOf,
  outputDirectory,
  seedFrom,
  seedOption,
  wholeNumber,
} from '../../impl/terminal/optionValues.ts';
import { Progress, watchForInterrupt } from '../../impl/terminal/terminal.ts';
import type { RoomRow } from '../mutation/table/roomRun.ts';
import type { FaultKind } from '../room/faults.ts';
import { huntRoom, type RoomHunt, secondsSince } from '../room/huntRoom.ts';
import { shellMutants } from '../room/mutants/index.ts';
import { revealingPlan, type ShellMutant } from '../room/mutants/shellMutant.ts';
import { drawPlan, type RoomPlan, type RoomScope } from '../room/plan.ts';
import { allFaults, writeRoomTrace } from '../room/roomTrace.ts';
import { minimalText, planLine, toldRun } from '../room/rows.ts';
import { runRoom } from '../room/runRoom.ts';
import { type Shell, shellWith } from '../room/shell.ts';
import { type BrokenPlan, shrinkPlan } from '../room/shrinkPlan.ts';
import { Totals } from '../room/totals.ts';
import { orReportError } from './output/errors.ts';
import { fileLines } from './output/failure.ts';
import { keepHours, keepRow, measureMutant, roomListLines, rowLine } from './output/roomMutants.ts';

const command = 'npm run room';

/** The most events of all runs by which a plan is shrunk: some minutes. */
const shrinkingEvents = 6_000_000;

await runCommand(
  {
    command,
    summary:
      'Hunts for violations in real servers and real clients, in a simulated machine room and in virtual time: one run after the other, with\n' +
      'other faults in each. What breaks a property is shrunk, saved and shown.\n' +
      'Exit codes: 0 nothing broke, 1 a property is broken (the path of its trace is on standard output), 2 usage, 130 interrupted.',
    options: {
      seconds: {
        type: 'string',
        value: 'S',
        help: 'stop after so many seconds of processor time (default 20, with a mutant 60)',
      },
      runs: { type: 'string', value: 'N', help: 'stop after so many runs' },
      seed: seedOption,
      minutes: {
        type: 'string',
        value: 'N',
        help: 'the virtual length of each run (default: drawn, up to 4)',
      },
      replicas: {
        type: 'string',
        value: 'K',
        help: 'only groups of K replicas, 1 to 7 (default: 1 to 5, mostly 3)',
      },
      tick: {
        type: 'string',
        value: 'MS',
        help: 'milliseconds in a tick, 10 to 60000; all other times are in proportion to it (default: 50 to 1000)',
      },
      rest: {
        type: 'string',
        value: 'N',
        help: 'minutes without faults after each time with faults, at most (default: 2 seconds)',
      },
      clients: { type: 'string', value: 'N', help: 'how many clients (default: 1 to 3)' },
      pause: {
        type: 'string',
        value: 'MS',
        help: 'milliseconds between two requests of a part of a client, in the mean (default: 50 to 2000)',
      },
      faults: {
        type: 'string',
        value: 'LIST',
        help: 'only these kinds of faults, all in each run, such as kill,darkness; or none (default: some of all; of a mutant, in three quarters of the runs those that are known to reveal it)',
      },
      mutant: { type: 'string', value: 'NAME', help: 'hunt the shell without this rule' },
      seeds: {
        type: 'string',
        value: 'N',
        help: 'with --mutant NAME or all: so many hunts, and how many of them find it',
      },
      keep: {
        type: 'boolean',
        help: 'keep what it came to: with --seeds in models/room/mutants/run.json, else added up in models/room/hours.json; and in docs/results.md',
      },
      out: { type: 'string', value: 'DIR', default: 'counterexamples', help: 'where traces are written' },
      events: { type: 'boolean', help: 'print all that happens in each run' },
      list: { type: 'boolean', help: 'print every mutant, property and kind of fault, and hunt nothing' },
    },
  },
  async ({ values }) => {
    if (values.list) {
      for (const line of roomListLines()) console.log(line);
      return 0;
    }
    const seed = seedFrom(values.seed);
    const chosen = values.mutant === undefined ? [] : mutantsGiven(values.mutant);
    const runs = wholeNumber('--runs', values.runs, { min: 1, max: 1_000_000 });
    const usualSeconds = runs === undefined ? (chosen.length === 0 ? 20 : 60) : Infinity;
    const planOf = planner(values.faults, scopeGiven(values));
    const limits = {
      seconds: decimalNumber('--seconds', values.seconds, { min: 0.1, max: 10_000_000 }) ?? usualSeconds,
      runs: runs ?? Infinity,
      isInterrupted: watchForInterrupt(),
    };
    const seeds = wholeNumber('--seeds', values.seeds, { min: 1, max: 10_000 });
    const onRow = values.keep === true ? keepRow : () => undefined;
    if (seeds !== undefined || chosen.length > 1) {
      if (chosen.length === 0) throw new UsageError('--seeds needs --mutant NAME, or --mutant all.');
      const code = await orReportError(command, () =>
        measure(chosen, (mutant) => ({ ...limits, planOf: planOf(mutant) }), seed, seeds ?? 20, onRow),
      );
      return code ?? 2;
    }
    const [mutant] = chosen;
    const loaded = await orReportError(command, async () => ({
      shell: mutant && (await shellWith(mutant.name, mutant.edits)),
    }));
    if (loaded === undefined) return 2;
    console.log(`seed ${seed}${mutant === undefined ? '' : `, mutant ${mutant.name}`}`);
    const hunt = {
      ...{ ...limits, seed, planOf: planOf(mutant), mutant: loaded.shell },
      ...(values.events ? { onNote: printNote } : {}),
    };
    const onTotals = values.keep === true && mutant === undefined ? keepHours : () => undefined;
    return huntAndShow(hunt, mutant?.name ?? null, outputDirectory(values.out), onTotals);
  },
);

/** Hunts, and shows what was found. Returns the exit code. */
async function huntAndShow(
  hunt: RoomHunt,
  mutant: string | null,
  out: string,
  onTotals: (totals: Totals) => void,
): Promise<number> {
  const { isInterrupted } = hunt;
  const progress = new Progress();
  const totals = new Totals();
  const started = process.cpuUsage();
  let before = 0;
  const onRun: RoomHunt['onRun'] = (report, plan) => {
    const used = secondsSince(started);
    totals.add(report, plan, used - before);
    before = used;
    const { runs, hours } = totals;
    progress.show(
      () =>
        `${runs} runs, ${hours.toFixed(2)} virtual hours, ${secondsSince(started).toFixed(0)} s; the last with ${planLine(plan)}`,
    );
    if (hunt.runs === 1) console.log(`${report.events} events, digest ${report.digest}.`);
  };
  const { found, alike } = await huntRoom({ ...hunt, onRun });
  progress.clear();
  if (found === undefined) onTotals(totals);
  for (const line of totals.lines(secondsSince(started))) console.log(line);
  if (alike > 0) console.log(`${alike} runs broke a property without the mutant, too.`);
  if (found === undefined) {
    console.log(isInterrupted() ? 'Interrupted; no property was broken.' : 'No property was broken.');
    return isInterrupted() ? 130 : 0;
  }
  console.log(`Found: ${found.violation.property}. ${found.violation.text}`);
  return show(found, hunt.mutant, mutant, { out, isInterrupted });
}

/** Shrinks what was found, keeps it and shows it. Returns the exit code. */
async function show(
  found: BrokenPlan,
  shell: Shell | undefined,
  mutant: string | null,
  { out, isInterrupted }: { readonly out: string; readonly isInterrupted: () => boolean },
): Promise<number> {
  const progress = new Progress();
  const { isMinimal, ...shrunk } = await shrinkPlan(found, {
    run: (plan) => runRoom(plan, { isInterrupted, ...(shell && { shell }) }),
    events: shrinkingEvents,
    isInterrupted,
    onProgress: (best, runs) => progress.show(() => `shrinking: ${runs} runs, ${planLine(best)}`),
  });
  progress.clear();
  const path = writeRoomTrace(out, { ...shrunk, mutant, minimal: isMinimal });
  if (!isInterrupted()) {
    console.log('');
    for (const line of (await toldRun(shrunk.plan, shell)).lines) console.log(line);
    if (isMinimal) console.log(minimalText(shrunk.plan));
  }
  console.log('');
  for (const line of fileLines(path)) console.log(line);
  return isInterrupted() ? 130 : 1;
}

async function measure(
  chosen: readonly ShellMutant[],
  huntOf: (mutant: ShellMutant) => Omit<RoomHunt, 'seed' | 'mutant'>,
  first: number,
  seeds: number,
  onRow: (row: RoomRow) => void,
): Promise<number> {
  let isFoundOften = true;
  for (const mutant of chosen) {
    const hunt = huntOf(mutant);
    const row = await measureMutant(mutant, hunt, first, seeds);
    console.log(rowLine(row));
    if (hunt.isInterrupted()) return 130;
    onRow(row);
    isFoundOften &&= row.found >= 0.95 * row.of;
  }
  return isFoundOften ? 0 : 1;
}

/** How the runs of a hunt are planned. Three quarters of the runs of a mutant have the faults that are known to reveal it. */
function planner(list: string | undefined, fixed: Partial<RoomScope>) {
  const faults = list === undefined ? undefined : list === 'none' ? [] : list.split(',').map(faultGiven);
  return (mutant: ShellMutant | undefined) =>
    (seed: number): RoomPlan =>
      mutant === undefined || faults !== undefined || seed % 4 === 0
        ? drawPlan(seed, allFaults, { ...fixed, ...(faults && { faults }) })
        : revealingPlan(seed, { ...mutant, options: { ...mutant.options, ...fixed } });
}

function faultGiven(kind: string): FaultKind {
  return oneOf('--faults', kind, allFaults);
}

function scopeGiven(values: {
  readonly minutes: string | undefined;
  readonly replicas: string | undefined;
  readonly clients: string | undefined;
  readonly pause: string | undefined;
  readonly tick: string | undefined;
  readonly rest: string | undefined;
}): Partial<RoomScope> {
  const minutes = wholeNumber('--minutes', values.minutes, { min: 1, max: 100_000 });
  const replicas = wholeNumber('--replicas', values.replicas, { min: 1, max: 7 });
  const clients = wholeNumber('--clients', values.clients, { min: 1, max: 100 });
  const pause = wholeNumber('--pause', values.pause, { min: 1, max: 1_000_000 });
  const tick = wholeNumber('--tick', values.tick, { min: 10, max: 60_000 });
  const rest = wholeNumber('--rest', values.rest, { min: 1, max: 10_000 });
  return {
    ...(minutes !== undefined && { duration: minutes * 60_000 }),
    ...(replicas !== undefined && { replicas }),
    ...(clients !== undefined && { clients }),
    ...(pause !== undefined && { pause }),
    ...(tick !== undefined && { tick }),
    ...(rest !== undefined && { rest: rest * 60_000 }),
  };
}

function mutantsGiven(name: string): readonly ShellMutant[] {
  if (name === 'all') return shellMutants;
  const found = shellMutants.filter((mutant) => mutant.name === name);
  if (found.length > 0) return found;
  throw new UsageError(`There is no mutant '${name}' of the shell. ${command} -- --list names them.`);
}

function printNote(line: string, now: number): void {
  console.log(`${now.toFixed(3)} ${line.trimEnd()}`);
}
