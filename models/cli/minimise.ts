import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { runCommand, UsageError } from '../../impl/terminal/arguments.ts';
import { decimalNumber, outputDirectory, seedFrom } from '../../impl/terminal/optionValues.ts';
import { Progress, watchForInterrupt } from '../../impl/terminal/terminal.ts';
import { propertiesWhere } from '../checking/properties.ts';
import { spentBy } from '../explore/budget/spending.ts';
import { type Explored, explore } from '../explore/explore.ts';
import { soundForAll } from '../explore/reductions/reductions.ts';
import { counterexampleOf } from '../hunt/counterexample.ts';
import { isRuleChange, ruleChangeNamed } from '../mutants/catalogue/index.ts';
import { loadImplementation } from '../mutants/load.ts';
import { traceFile } from '../mutation/traces/keptTraces.ts';
import type { Counterexample } from '../trace/counterexample.ts';
import { readCounterexample, writeCounterexample } from '../trace/file/counterexampleFile.ts';
import { replay } from '../trace/replay.ts';
import { settling } from '../trace/settling.ts';
import { stepsOf } from '../trace/steps.ts';
import { fileServiceOf } from '../world/fileService.ts';
import { orReportError } from './output/errors.ts';
import { cutShort, exploringLine } from './output/exploration.ts';
import { failureLines } from './output/failure.ts';

const command = 'npm run minimise';

await runCommand(
  {
    command,
    summary:
      'Looks for a shorter run that breaks the same property, among all runs that spend no more than the given one: no more\n' +
      'requests, timers of each kind, crashes, restarts and so on. If every shorter run was explored, the result is marked\n' +
      'minimal and kept. Exit codes: 0 done, 2 bad file or usage, 3 a limit ended the search before that.',
    positionals: { value: 'FILE', help: 'a counterexample', atLeast: 1, atMost: 1 },
    options: {
      seconds: { type: 'string', value: 'S', default: '300', help: 'stop after so many seconds' },
      memory: { type: 'string', value: 'GB', default: '4', help: 'stop before using more memory than this' },
      // The result has the name of the given file, so it goes to a folder of its own.
      out: {
        type: 'string',
        value: 'DIR',
        default: 'counterexamples/minimal',
        help: 'where the result is written',
      },
      seed: { type: 'string', value: 'N', help: 'accepted and ignored: the search uses no random numbers' },
    },
  },
  async ({ values, positionals: [file = ''] }) => {
    if (values.seed !== undefined) seedFrom(values.seed);
    const out = outputDirectory(values.out);
    const seconds = decimalNumber('--seconds', values.seconds, { min: 0.1 });
    const bytes = decimalNumber('--memory', values.memory, { min: 0.25, max: 1024 }) * 2 ** 30;
    if (!existsSync(file) && isRuleChange(file)) throw new UsageError(mutantAsFile(file));
    const given = await orReportError(command, () => readCounterexample(file, isRuleChange));
    if (given === undefined) return 2;
    const { mutant, setup, violation, events } = given;
    const service = fileServiceOf(setup)?.file;
    if (service !== undefined) {
      process.stderr.write(
        `${command}: ${file} is a run of the service ${service}, which explorations do not run.\n`,
      );
      return 2;
    }
    const implementation = await orReportError(command, () =>
      loadImplementation(mutant === null ? undefined : ruleChangeNamed(mutant)),
    );
    if (implementation === undefined) return 2;
    const { outcome } = replay(implementation, given, settling);
    if (outcome.kind !== 'reproduced') {
      process.stderr.write(
        `${command}: ${file} does not break its property as recorded. Run npm run replay -- ${file} to see why.\n`,
      );
      return 2;
    }
    const unlike = unlikeExploration(given);
    if (unlike !== undefined) {
      process.stderr.write(
        `${command}: ${file} ${unlike}. So it cannot show that a shorter run is missing.\n`,
      );
      return 2;
    }
    const steps = stepsOf(events);
    const progress = new Progress();
    const explored = await explore(
      {
        implementation,
        setup,
        properties: propertiesWhere((name) => name === violation.property),
        bounds: spentBy(events),
        reductions: soundForAll,
      },
      {
        depth: steps - 1,
        states: Infinity,
        seconds,
        bytes,
        settleOneIn: violation.phase === 'settling' ? 1 : 0,
      },
      { onProgress: (now) => progress.show(() => exploringLine(now)), isInterrupted: watchForInterrupt() },
    );
    progress.clear();
    console.log(exploringLine(explored));
    const result = resultOf(given, explored);
    console.log(verdict(steps, result, explored));
    if (result === undefined) return explored.ending === 'interrupted' ? 130 : 3;
    for (const line of await failureLines(result, writeCounterexample(out, result))) console.log(line);
    return 0;
  },
);

/** What happens in the run that no exploration does, or undefined if there is nothing. */
function unlikeExploration({ setup, events }: Counterexample): string | undefined {
  if (events.some(({ type }) => type === 'clock'))
    return 'changes a clock, and the exploration that minimises changes none';
  if (setup.inPlace)
    return 'steps replicas in place, and the exploration that minimises steps only copies of them';
  return setup.codec && 'encodes messages, and the exploration that minimises passes them on as they are';
}

/** The error of a command line that names a mutant in place of a file. */
function mutantAsFile(name: string): string {
  const trace = relative('', traceFile(name));
  const advice = existsSync(trace) ? `its kept trace is ${trace}` : `no trace of it is kept as ${trace}`;
  return `It takes a FILE, and '${name}' is the name of a mutant: ${advice}.`;
}

/** The shorter run, or the given one if no run is shorter; undefined if the search was cut short. */
function resultOf(given: Counterexample, { trace, ending }: Explored): Counterexample | undefined {
  if (trace === undefined)
    return ending === 'depth' || ending === 'exhausted' ? { ...given, minimal: true } : undefined;
  const { setup, faultProfile, mutant, seed } = given;
  return { ...counterexampleOf({ ...trace, setup, faultProfile }, mutant, seed), minimal: true };
}

function verdict(before: number, result: Counterexample | undefined, { ending, depth }: Explored): string {
  if (ending === 'violation')
    return `Shortened from ${before} steps to ${result?.steps}, which is minimal within its budget.`;
  if (ending === 'exhausted' || result !== undefined)
    return `Minimal: no run of fewer than ${before} steps within its budget breaks the property.`;
  const stopped = `Stopped: ${cutShort[ending]}.`;
  return `${stopped} No run of fewer than ${depth} steps within its budget breaks the property; longer ones were not explored.`;
}
