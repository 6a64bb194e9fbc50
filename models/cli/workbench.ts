import { constants } from 'node:os';
import { runCommand, UsageError } from '../../impl/terminal/arguments.ts';
import { grouped } from '../../impl/terminal/columns.ts';
import { colours, Progress } from '../../impl/terminal/terminal.ts';
import { BadTrace } from '../conform/format/reader.ts';
import { patchedSources } from '../mutants/load.ts';
import type { RuleChange } from '../mutants/mutant.ts';
import { realClock } from '../processes/clock.ts';
import { nameOf } from '../processes/faults/faults.ts';
import { CannotRun } from '../processes/nodes/nodeProcess.ts';
import { reportLines } from '../processes/results/report.ts';
import { resultsOf, settingsData, type TestResults } from '../processes/results/results.ts';
import { Store } from '../processes/results/store.ts';
import type { Environment, NodeLifecycle } from '../processes/test/environment.ts';
import { ProcessTest } from '../processes/test/processTest.ts';
import { options, type WorkbenchOptions, workbenchOptionsFrom } from './options/workbench.ts';
import { conformanceReport } from './output/conformance.ts';
import { orReportError } from './output/errors.ts';
import { setUp } from './workbenchSetup.ts';

/** The reason of a test that a signal ended. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP';

  constructor(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') {
    super(`${signal} interrupted the test.`);
    this.signal = signal;
  }
}

const command = 'npm run workbench';

await runCommand(
  {
    command,
    summary:
      'Tests programs that speak the protocol of Maelstrom: runs them as the nodes of a network, injects faults, performs\n' +
      'operations of clients, records the history and checks it. Network faults affect links between nodes only.\n' +
      'With --transport tcp it tests our own servers, each with a directory of its own; links can be cut, and disks fail too.\n' +
      "Put the program's own arguments after another lone --. There {data} stands for a directory of the node, which outlives\n" +
      'its process: npm run workbench -- --bin node -- server.mjs --data {data}\n' +
      'Exit codes: 0 valid, 1 invalid, a node failed, or a step was not legal, 2 usage, 3 unknown.',
    options,
    positionals: { value: 'ARGUMENT', help: 'an argument of the program' },
  },
  async (given) => {
    const chosen = workbenchOptionsFrom(given);
    if (!(await isApplicable(chosen.ruleChange))) return 2;
    const store = storeFor(chosen);
    console.log(`seed ${chosen.settings.seed}, results in ${store.path}`);
    const { test, environment, rejections, end } = await runTest(chosen, store);
    if (end instanceof CannotRun) throw new UsageError(end.message);
    store.writeHistory(test.history.events);
    const results = await resultsOf(test, environment, chosen.settings, end, rejections);
    store.writeResults({ ...results, workload: chosen.workload, settings: settingsData(chosen.settings) });
    for (const line of [...reportLines(results), '', ...verdictLines(results)]) console.log(line);
    const isLegal = !chosen.trace || (await conforms(chosen, store));
    if (end instanceof Interrupted) return 128 + constants.signals[end.signal];
    if (results.valid === false || !isLegal) return 1;
    return results.valid === 'unknown' ? 3 : 0;
  },
);

/** Holds the traces of the servers to the specification, and reports on it. */
async function conforms({ settings }: WorkbenchOptions, store: Store): Promise<boolean> {
  const files = Array.from({ length: settings.nodes }, (_, node) => store.trace(nameOf(node)));
  try {
    // A server writes each line before it acts, so that its trace lacks nothing.
    const { lines, code } = await conformanceReport(files, true);
    console.log(['', ...lines].join('\n'));
    return code === 0;
  } catch (error) {
    // A server that never ran has no trace.
    if (!(error instanceof BadTrace)) throw error;
    console.log(`\nThe run cannot be judged: ${error.message}`);
    return false;
  }
}

/** Whether the mutant, if any, can be applied to the sources. Reports on standard error why it cannot. */
async function isApplicable(mutant: RuleChange | undefined): Promise<boolean> {
  if (mutant === undefined) return true;
  return (await orReportError(command, () => patchedSources(mutant.name, mutant.edits))) !== undefined;
}

function storeFor({ store, workload }: WorkbenchOptions): Store {
  try {
    return new Store(store, workload);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      `--store must be a directory that can be written to, and '${store}' is not: ${reason}.`,
    );
  }
}

/** A test that has ended, and its environment. `end`: why it ended early, or undefined if it did not. */
interface FinishedTest {
  readonly test: ProcessTest;
  readonly environment: Environment;
  readonly rejections: readonly string[];
  readonly end: unknown;
}

/** Runs a test to its end. */
async function runTest(chosen: WorkbenchOptions, store: Store): Promise<FinishedTest> {
  const clock = realClock();
  const ending = new AbortController();
  const { environment, lifecycle, rejections } = await setUp(chosen, store, clock, (failure) =>
    ending.abort(failure),
  );
  const test = new ProcessTest(chosen.settings, clock, environment);
  const release = endOnSignal(ending, lifecycle);
  const progress = showProgress(test, () => clock.now());
  let end: unknown;
  try {
    await orAborted(ending.signal, lifecycle.start());
    await test.run(ending.signal);
  } catch (error) {
    if (!ending.signal.aborted) throw error;
    end = ending.signal.reason;
  } finally {
    progress();
    await lifecycle.end();
    await store.close();
    release();
  }
  return { test, environment, rejections, end };
}

/** The promise, rejected with the signal's reason if the signal aborts first. */
function orAborted(signal: AbortSignal, promise: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
}

/** Ends the test on a signal, and kills the nodes when this process exits. Returns a function that undoes this. */
function endOnSignal(ending: AbortController, lifecycle: NodeLifecycle): () => void {
  const killNow = (): void => lifecycle.killNow();
  const interrupt = (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): void => {
    // A second signal ends the process without waiting for the nodes.
    if (ending.signal.reason instanceof Interrupted) process.exit(128 + constants.signals[signal]);
    ending.abort(new Interrupted(signal));
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, interrupt);
  process.on('exit', killNow);
  return () => {
    for (const signal of signals) process.off(signal, interrupt);
    process.off('exit', killNow);
  };
}

/** Shows the progress of a test until the returned function is called. */
function showProgress(test: ProcessTest, now: () => number): () => void {
  const progress = new Progress();
  const timer = setInterval(() => {
    progress.show(() => {
      const { phase, history, nemesis } = test;
      const seconds = (now() / 1000).toFixed(0);
      const faults = nemesis.current();
      return `${seconds} s, ${phase}: ${grouped(history.events.length)} events${faults === '' ? '' : `; ${faults}`}`;
    });
  }, 100);
  return () => {
    clearInterval(timer);
    progress.clear();
  };
}

function verdictLines({ valid, explanation, failure }: TestResults): readonly string[] {
  const word =
    valid === 'unknown' ? colours.yellow('Unknown') : valid ? colours.green('Valid') : colours.red('Invalid');
  return [...(failure === null ? [] : [failure, '']), `${word}: ${explanation}`];
}
