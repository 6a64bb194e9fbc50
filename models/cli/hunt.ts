import { setFlagsFromString } from 'node:v8';
import { runCommand, UsageError } from '../../impl/terminal/arguments.ts';
import {
  decimalNumber,
  oneOf,
  outputDirectory,
  seedFrom,
  seedOption,
  wholeNumber,
} from '../../impl/terminal/optionValues.ts';
import { terminalWidth, watchForInterrupt } from '../../impl/terminal/terminal.ts';
import { type Properties, propertySetHelp } from '../checking/properties.ts';
import { counterexampleOf } from '../hunt/counterexample.ts';
import { type Failure, UnrepeatableFailure } from '../hunt/hunt.ts';
import type { HuntLimits } from '../hunt/runHunt.ts';
import type { Scope } from '../hunt/schedules.ts';
import { modes, scopeOf, usualSteps } from '../hunt/scope.ts';
import type { RuleChange } from '../mutants/mutant.ts';
import { type FaultProfile, faultProfiles } from '../runs/schedules/faultProfile.ts';
import type { Counterexample } from '../trace/counterexample.ts';
import { writeCounterexample } from '../trace/file/counterexampleFile.ts';
import type { Implementation } from '../world/implementation.ts';
import { propertiesGiven, ruleChangeGiven } from './options/mutants.ts';
import { loadServing, type ServiceFrom, serviceGiven, serviceOption } from './options/service.ts';
import { orReportError } from './output/errors.ts';
import { failureLines, fileLines } from './output/failure.ts';
import { listLines } from './output/huntList.ts';
import { huntWithProgress, outcomeText, type WatchedHunt } from './output/huntProgress.ts';
import { reportData, reportLines } from './output/huntReport.ts';

/** The options of the hunt, read and checked. */
interface HuntOptions {
  readonly seed: number;
  readonly limits: HuntLimits;
  readonly scope: Scope;
  readonly properties: Properties;
  readonly out: string;
  readonly from: ServiceFrom | undefined;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly interrupted: () => boolean;
}

const command = 'npm run hunt';

// Each schedule has another configuration, so that much of what is inlined is soon compiled again. Inlining less costs less.
setFlagsFromString('--max-inlined-bytecode-size-cumulative=400');
// Few objects outlive a collection of young ones: helpers take more processor time to start, and to wait, than they save.
setFlagsFromString('--no-parallel-scavenge');

await runCommand(
  {
    command,
    summary:
      'Hunts for violations in the implementation as it stands on disk, by random schedules.\n' +
      'Exit codes: 0 no violation found, 1 a violation found (the path of its counterexample is on standard output), 2 usage, 130 interrupted.',
    options: {
      seconds: {
        type: 'string',
        value: 'S',
        help: 'stop after so many seconds (default 20, with a mutant 60)',
      },
      runs: { type: 'string', value: 'N', help: 'stop after so many schedules' },
      seed: seedOption,
      replicas: {
        type: 'string',
        value: 'K',
        help: 'only groups of K replicas, 1 to 7 (default: all of these sizes, mostly 3)',
      },
      mode: { type: 'string', value: 'MODE', help: 'only durable or diskless groups (default: both)' },
      steps: { type: 'string', value: 'L', help: `at most L commands in a schedule (default ${usualSteps})` },
      'fault-profile': {
        type: 'string',
        value: 'P',
        help: `only this fault profile: ${faultProfiles.map(({ name }) => name).join(', ')}`,
      },
      properties: {
        type: 'string',
        value: 'SET',
        help: `${propertySetHelp}; by default all, and beside-protocol for a mutant`,
      },
      mutant: { type: 'string', value: 'NAME', help: 'hunt this mutant instead of the implementation' },
      out: {
        type: 'string',
        value: 'DIR',
        default: 'counterexamples',
        help: 'where counterexamples are written',
      },
      service: serviceOption,
      list: { type: 'boolean', help: 'print every mutant, property and coverage mark, and hunt nothing' },
      verbose: { type: 'boolean', help: 'print the whole table of coverage, not only what is missing' },
      json: { type: 'boolean', help: 'print the result as JSON' },
    },
  },
  async ({ values }) => {
    const { runs, seconds, replicas, mode, 'fault-profile': faultProfile, steps, mutant } = values;
    if (values.list) {
      for (const line of listLines(terminalWidth())) console.log(line);
      return 0;
    }
    const seed = seedFrom(values.seed);
    const served = values.service === undefined ? undefined : await serviceGiven(values.service, seed);
    const defaultSeconds = runs === undefined ? (mutant === undefined ? 20 : 60) : Infinity;
    const options: HuntOptions = {
      seed,
      limits: {
        seconds: decimalNumber('--seconds', seconds, { min: 0.1, max: 86_400 }) ?? defaultSeconds,
        runs: wholeNumber('--runs', runs, { min: 1 }) ?? Infinity,
      },
      scope: scopeOf({
        replicas: wholeNumber('--replicas', replicas, { min: 1, max: 7 }),
        mode: mode === undefined ? undefined : oneOf('--mode', mode, modes),
        faultProfile: faultProfile === undefined ? undefined : faultProfileNamed(faultProfile),
        steps: wholeNumber('--steps', steps, { min: 1, max: 100_000 }),
        service: served?.scope,
      }),
      properties: propertiesGiven(
        values.properties ?? (values.mutant === undefined ? 'all' : 'beside-protocol'),
      ),
      out: outputDirectory(values.out),
      from:
        values.service === undefined || served === undefined
          ? undefined
          : { file: values.service, service: served.service },
      json: values.json,
      verbose: values.verbose,
      interrupted: watchForInterrupt(),
    };
    const ruleChange = mutant === undefined ? undefined : ruleChangeGiven(mutant);
    const implementation = await orReportError(command, () => loadServing(ruleChange, options.from));
    if (implementation === undefined) return 2;
    try {
      return await report(options, ruleChange, implementation);
    } catch (error) {
      if (!(error instanceof UnrepeatableFailure)) throw error;
      process.stderr.write(`${command}: ${error.message} ${adviceFor(values.service)}\n`);
      return 1;
    }
  },
);

/** Runs the hunt and reports it. Returns the exit code. */
async function report(
  options: HuntOptions,
  mutant: RuleChange | undefined,
  implementation: Implementation,
): Promise<number> {
  const { seed, json, from } = options;
  const heading = [
    `seed ${seed}`,
    ...(mutant === undefined ? [] : [`mutant ${mutant.name}`]),
    ...(from === undefined ? [] : [`service ${from.file}`]),
  ];
  if (!json) console.log(heading.join(', '));
  const outcome = await runToEnd(options, mutant, implementation);
  const { hunt, ending, isInterrupted, kept } = outcome;
  if (json) {
    const found =
      kept === undefined ? null : { violation: kept.failure.violation, steps: kept.counterexample.steps };
    console.log(
      JSON.stringify({
        seed,
        mutant: mutant?.name ?? null,
        ending: ending.type,
        interrupted: isInterrupted,
        found,
        path: kept?.path,
        tried: reportData(hunt),
        drawn: hunt.drawn.rows(),
      }),
    );
  } else {
    // What was not reached says little where something was found.
    if (kept === undefined || isInterrupted || options.verbose)
      for (const line of [...reportLines(hunt, options.verbose), '']) console.log(line);
    console.log(outcomeText(outcome));
    if (kept !== undefined) {
      const { counterexample, path } = kept;
      // A trace that is not shrunk has hundreds of rows.
      const lines = isInterrupted ? fileLines(path, from) : await failureLines(counterexample, path, from);
      for (const line of ['', ...lines]) console.log(line);
    }
  }
  if (isInterrupted) return 130;
  return kept === undefined ? 0 : 1;
}

/** The outcome of the hunt. */
interface HuntOutcome extends WatchedHunt {
  readonly kept: KeptFailure | undefined;
}

/** The failure, and the file that holds its counterexample. */
interface KeptFailure {
  readonly failure: Failure;
  readonly counterexample: Counterexample;
  readonly path: string;
}

async function runToEnd(
  { scope, properties, seed, limits, out, interrupted }: HuntOptions,
  mutant: RuleChange | undefined,
  implementation: Implementation,
): Promise<HuntOutcome> {
  const name = mutant === undefined ? '' : `${mutant.name}: `;
  const label = (seconds: number) => `${name}${seconds.toFixed(0)} s`;
  const plan = { system: { implementation, properties }, scope, seed, limits };
  const watched = await huntWithProgress(plan, label, interrupted);
  const { ending } = watched;
  if (ending.type !== 'found') return { ...watched, kept: undefined };
  const { failure } = ending;
  const counterexample = counterexampleOf(failure, mutant?.name ?? null, seed);
  const path = writeCounterexample(out, counterexample);
  return { ...watched, kept: { failure, counterexample, path } };
}

function adviceFor(service: string | undefined): string {
  return service === undefined
    ? ''
    : `A service may depend on its arguments only: npx viewstamped check ${service} names what else it reads or changes.`;
}

function faultProfileNamed(name: string): FaultProfile {
  const faultProfile = faultProfiles.find((candidate) => candidate.name === name);
  if (faultProfile !== undefined) return faultProfile;
  const names = faultProfiles.map((candidate) => candidate.name).join(', ');
  throw new UsageError(`--fault-profile must be one of ${names}, and '${name}' is not.`);
}
