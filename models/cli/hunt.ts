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
import { watchForInterrupt } from '../../impl/terminal/terminal.ts';
import { type Properties, propertySetHelp } from '../checking/properties.ts';
import { counterexampleOf } from '../hunt/counterexample.ts';
import { type Failure, Hunt } from '../hunt/hunt.ts';
import type { HuntLimits } from '../hunt/runHunt.ts';
import type { Scope } from '../hunt/schedules.ts';
import { modes, scopeOf, usualSteps } from '../hunt/scope.ts';
import { loadImplementation } from '../mutants/load.ts';
import type { RuleChange } from '../mutants/mutant.ts';
import { type FaultProfile, faultProfiles } from '../runs/schedules/faultProfile.ts';
import type { Counterexample } from '../trace/counterexample.ts';
import { writeCounterexample } from '../trace/file/counterexampleFile.ts';
import type { Implementation } from '../world/implementation.ts';
import { propertiesGiven, ruleChangeGiven } from './options/mutants.ts';
import { orReportError } from './output/errors.ts';
import { failureLines } from './output/failure.ts';
import { huntWithProgress, type WatchedHunt } from './output/huntProgress.ts';
import { reportData, reportLines } from './output/huntReport.ts';

/** The options of the hunt, read and checked. */
interface HuntOptions {
  readonly seed: number;
  readonly limits: HuntLimits;
  readonly scope: Scope;
  readonly properties: Properties;
  readonly out: string;
  readonly json: boolean;
  readonly interrupted: () => boolean;
}

const command = 'npm run hunt';

// Each schedule has another configuration, so that much of what is inlined is soon compiled again. Inlining less costs less.
setFlagsFromString('--max-inlined-bytecode-size-cumulative=400');

await runCommand(
  {
    command,
    summary:
      'Hunts for violations in the implementation as it stands on disk, by random schedules.\n' +
      'Exit codes: 0 no violation found, 1 a violation found (the path of its counterexample is on standard output), 2 usage.',
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
      json: { type: 'boolean', help: 'print the result as JSON' },
    },
  },
  async ({ values }) => {
    const { runs, seconds, replicas, mode, 'fault-profile': faultProfile, steps, mutant } = values;
    const defaultSeconds = runs === undefined ? (mutant === undefined ? 20 : 60) : Infinity;
    const options: HuntOptions = {
      seed: seedFrom(values.seed),
      limits: {
        seconds: decimalNumber('--seconds', seconds, { min: 0.1, max: 86_400 }) ?? defaultSeconds,
        runs: wholeNumber('--runs', runs, { min: 1 }) ?? Infinity,
      },
      scope: scopeOf({
        replicas: wholeNumber('--replicas', replicas, { min: 1, max: 7 }),
        mode: mode === undefined ? undefined : oneOf('--mode', mode, modes),
        faultProfile: faultProfile === undefined ? undefined : faultProfileNamed(faultProfile),
        steps: wholeNumber('--steps', steps, { min: 1, max: 100_000 }),
      }),
      properties: propertiesGiven(
        values.properties ?? (values.mutant === undefined ? 'all' : 'beside-protocol'),
      ),
      out: outputDirectory(values.out),
      json: values.json,
      interrupted: watchForInterrupt(),
    };
    const ruleChange = mutant === undefined ? undefined : ruleChangeGiven(mutant);
    const implementation = await orReportError(command, () => loadImplementation(ruleChange));
    return implementation === undefined ? 2 : report(options, ruleChange, implementation);
  },
);

/** Runs the hunt and reports it. Returns the exit code. */
async function report(
  options: HuntOptions,
  mutant: RuleChange | undefined,
  implementation: Implementation,
): Promise<number> {
  const { seed, json } = options;
  if (!json) console.log(`seed ${seed}${mutant === undefined ? '' : `, mutant ${mutant.name}`}`);
  const { hunt, ending, seconds, kept } = await runToEnd(options, mutant, implementation);
  if (json) {
    const found =
      kept === undefined ? null : { violation: kept.failure.violation, steps: kept.counterexample.steps };
    console.log(
      JSON.stringify({
        seed,
        mutant: mutant?.name ?? null,
        ending: ending.type,
        found,
        path: kept?.path,
        tried: reportData(hunt),
        drawn: hunt.drawn.rows(),
      }),
    );
  } else {
    for (const line of reportLines(hunt, seconds)) console.log(line);
    console.log();
    const lines =
      kept === undefined ? ['No property was broken.'] : await failureLines(kept.counterexample, kept.path);
    for (const line of lines) console.log(line);
  }
  if (ending.type === 'interrupted') return 130;
  return kept === undefined ? 0 : 1;
}

/** The outcome of the hunt. */
interface HuntOutcome extends WatchedHunt {
  readonly hunt: Hunt;
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
  const hunt = new Hunt({ implementation, properties }, scope, seed);
  const name = mutant === undefined ? '' : `${mutant.name}: `;
  const label = (seconds: number) => `${name}${seconds.toFixed(0)} s`;
  const watched = await huntWithProgress(hunt, limits, label, interrupted);
  const { ending } = watched;
  if (ending.type !== 'found') return { ...watched, hunt, kept: undefined };
  const { failure } = ending;
  const counterexample = counterexampleOf(failure, mutant?.name ?? null, seed);
  const path = writeCounterexample(out, counterexample);
  return { ...watched, hunt, kept: { failure, counterexample, path } };
}

function faultProfileNamed(name: string): FaultProfile {
  const faultProfile = faultProfiles.find((candidate) => candidate.name === name);
  if (faultProfile !== undefined) return faultProfile;
  const names = faultProfiles.map((candidate) => candidate.name).join(', ');
  throw new UsageError(`--fault-profile must be one of ${names}, and '${name}' is not.`);
}
