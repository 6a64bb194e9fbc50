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
import type { Claims } from '../checking/model.ts';
import { counterexampleOf } from '../hunt/counterexample.ts';
import { type Find, Hunt } from '../hunt/hunt.ts';
import type { Limits } from '../hunt/pursue.ts';
import type { Scope } from '../hunt/schedules.ts';
import { modes, scopeOf, usualSteps } from '../hunt/scope.ts';
import { loadImplementation } from '../mutants/load.ts';
import type { Removal } from '../mutants/mutant.ts';
import { type Profile, profiles } from '../runs/schedules/faultProfile.ts';
import { type Counterexample, writeCounterexample } from '../trace/counterexample.ts';
import { findLines } from './failureReport.ts';
import { type Watched, watch } from './huntProgress.ts';
import { ablationGiven, claimsGiven } from './mutantNames.ts';
import { reportData, reportLines } from './report.ts';

/** What the command line asks for, read and checked. */
interface Asked {
  readonly seed: number;
  readonly limits: Limits;
  readonly scope: Scope;
  readonly claims: Claims;
  readonly out: string;
  readonly json: boolean;
  readonly interrupted: () => boolean;
}

await runCommand(
  {
    command: 'npm run hunt',
    summary:
      'Hunts for violations in the implementation as it stands on disk, by random schedules.\n' +
      'Exit codes: 0 nothing found, 1 a violation found (the path of its counterexample is on standard output), 2 usage.',
    options: {
      seconds: {
        type: 'string',
        value: 'S',
        help: 'stop after so many seconds (default 20, with an ablation 60)',
      },
      runs: { type: 'string', value: 'N', help: 'stop after so many schedules' },
      seed: seedOption,
      replicas: {
        type: 'string',
        value: 'K',
        help: 'only groups of K replicas, 1 to 7 (default: 3, 4 and 5)',
      },
      mode: { type: 'string', value: 'MODE', help: 'only durable or diskless groups (default: both)' },
      steps: { type: 'string', value: 'L', help: `at most L commands in a schedule (default ${usualSteps})` },
      profile: {
        type: 'string',
        value: 'P',
        help: `only this profile: ${profiles.map(({ name }) => name).join(', ')}`,
      },
      claims: {
        type: 'string',
        value: 'C',
        default: 'all',
        help: 'all, or only what clients can notice: guarantees',
      },
      ablation: { type: 'string', value: 'NAME', help: 'hunt an implementation with this rule removed' },
      out: {
        type: 'string',
        value: 'DIR',
        default: 'counterexamples',
        help: 'where counterexamples are written',
      },
      json: { type: 'boolean', help: 'print the result as JSON' },
    },
  },
  ({ values }) => {
    const { runs, seconds, replicas, mode, profile, steps, ablation } = values;
    const unlimited = runs === undefined ? (ablation === undefined ? 20 : 60) : Infinity;
    const asked: Asked = {
      seed: seedFrom(values.seed),
      limits: {
        seconds: decimalNumber('--seconds', seconds, { min: 0.1, max: 86_400 }) ?? unlimited,
        runs: wholeNumber('--runs', runs, { min: 1 }) ?? Infinity,
      },
      scope: scopeOf({
        replicas: wholeNumber('--replicas', replicas, { min: 1, max: 7 }),
        mode: mode === undefined ? undefined : oneOf('--mode', mode, modes),
        profile: profile === undefined ? undefined : profileNamed(profile),
        steps: wholeNumber('--steps', steps, { min: 1, max: 100_000 }),
      }),
      claims: claimsGiven(values.claims),
      out: outputDirectory(values.out),
      json: values.json,
      interrupted: watchForInterrupt(),
    };
    return report(asked, ablation === undefined ? undefined : ablationGiven(ablation));
  },
);

/** The hunt, reported at length. */
async function report(asked: Asked, ablation: Removal | undefined): Promise<number> {
  const { seed, json } = asked;
  if (!json) console.log(`seed ${seed}${ablation === undefined ? '' : `, ablation ${ablation.name}`}`);
  const { hunt, ending, seconds, kept } = await pursued(asked, ablation);
  if (json) {
    const found =
      kept === undefined ? null : { violation: kept.find.violation, steps: kept.counterexample.steps };
    console.log(
      JSON.stringify({
        seed,
        ablation: ablation?.name ?? null,
        ending: ending.type,
        found,
        path: kept?.path,
        tried: reportData(hunt),
      }),
    );
  } else {
    for (const line of reportLines(hunt, seconds)) console.log(line);
    console.log();
    const lines =
      kept === undefined ? ['No claim was broken.'] : await findLines(kept.counterexample, kept.path);
    for (const line of lines) console.log(line);
  }
  if (ending.type === 'interrupted') return 130;
  return kept === undefined ? 0 : 1;
}

/** What became of the hunt. */
interface Pursued extends Watched {
  readonly hunt: Hunt;
  readonly kept: Kept | undefined;
}

/** What was found, and the file that holds it now. */
interface Kept {
  readonly find: Find;
  readonly counterexample: Counterexample;
  readonly path: string;
}

async function pursued(
  { scope, claims, seed, limits, out, interrupted }: Asked,
  ablation: Removal | undefined,
): Promise<Pursued> {
  const implementation = await loadImplementation(ablation);
  const hunt = new Hunt({ implementation, claims }, scope, seed);
  const name = ablation === undefined ? '' : `${ablation.name}: `;
  const headway = (seconds: number) => `${name}${seconds.toFixed(0)} s`;
  const watched = await watch(hunt, limits, headway, interrupted);
  const { ending } = watched;
  if (ending.type !== 'found') return { ...watched, hunt, kept: undefined };
  const { find } = ending;
  const counterexample = counterexampleOf(find, ablation?.name ?? null, seed);
  const path = writeCounterexample(out, counterexample);
  return { ...watched, hunt, kept: { find, counterexample, path } };
}

function profileNamed(name: string): Profile {
  const profile = profiles.find((candidate) => candidate.name === name);
  if (profile !== undefined) return profile;
  const names = profiles.map((candidate) => candidate.name).join(', ');
  throw new UsageError(`--profile must be one of ${names}, and '${name}' is not.`);
}
