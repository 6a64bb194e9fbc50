import { constants } from 'node:os';
import { runCommand, UsageError } from '../../impl/terminal/arguments.ts';
import { grouped } from '../../impl/terminal/columns.ts';
import { colours, Progress } from '../../impl/terminal/terminal.ts';
import { realClock } from '../processes/clock.ts';
import type { Company, Environment } from '../processes/environment.ts';
import { CannotRun } from '../processes/process.ts';
import { reportLines } from '../processes/report.ts';
import { type Results, resultsOf, settingsData } from '../processes/results.ts';
import { Store } from '../processes/store.ts';
import { ProcessTest } from '../processes/test.ts';
import { type Asked, askedOf, options } from './options/workbench.ts';
import { castFor } from './workbenchSetup.ts';

/** The reason for which a test ends when the user, or the system, no longer wants it. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP';

  constructor(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') {
    super(`It was interrupted by ${signal}.`);
    this.signal = signal;
  }
}

await runCommand(
  {
    command: 'npm run workbench',
    summary:
      'Puts programs on test that speak the protocol of Maelstrom: it runs them as the nodes of a network, makes faults,\n' +
      'lets clients work with them, keeps the history, and judges it. Faults of the network are between nodes only.\n' +
      'With --transport tcp it tries our own servers, each with its directory, behind links that can be cut, and the disks fail too.\n' +
      "Put the program's own arguments after another lone --, where {data} stands for a directory of each node's own,\n" +
      'which outlives its process: npm run workbench -- --bin node -- server.mjs --data {data}\n' +
      'Exit codes: 0 valid, 1 invalid or a node failed, 2 usage, 3 unknown.',
    options,
    positionals: { value: 'ARGUMENT', help: 'an argument for the program' },
  },
  async (given) => {
    const asked = askedOf(given);
    const store = storeFor(asked);
    console.log(`seed ${asked.settings.seed}, kept in ${store.path}`);
    const { processTest, environment, refusals, end } = await tried(asked, store);
    if (end instanceof CannotRun) throw new UsageError(end.message);
    store.writeHistory(processTest.history.events);
    const results = await resultsOf(processTest, environment, asked.settings, end, refusals);
    store.writeResults({ ...results, workload: asked.workload, settings: settingsData(asked.settings) });
    for (const line of [...reportLines(results), '', ...verdictLines(results)]) console.log(line);
    if (end instanceof Interrupted) return 128 + constants.signals[end.signal];
    return results.valid === 'unknown' ? 3 : results.valid ? 0 : 1;
  },
);

function storeFor({ store, workload }: Asked): Store {
  try {
    return new Store(store, workload);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      `--store must be a directory that can be written to, and '${store}' is not: ${reason}.`,
    );
  }
}

/** A test that has been, and where. `end` is why it ended too soon, or undefined if it did not. */
interface Tried {
  readonly processTest: ProcessTest;
  readonly environment: Environment;
  readonly refusals: readonly string[];
  readonly end: unknown;
}

/** Runs a test to its end. */
async function tried(asked: Asked, store: Store): Promise<Tried> {
  const clock = realClock();
  const ending = new AbortController();
  const { environment, company, refusals } = await castFor(asked, store, clock, (failure) =>
    ending.abort(failure),
  );
  const processTest = new ProcessTest(asked.settings, clock, environment);
  const release = endUpon(ending, company);
  const progress = showProgress(processTest, () => clock.now());
  let end: unknown;
  try {
    await until(ending.signal, company.start());
    await processTest.run(ending.signal);
  } catch (error) {
    if (!ending.signal.aborted) throw error;
    end = ending.signal.reason;
  } finally {
    progress();
    await company.end();
    await store.close();
    release();
  }
  return { processTest, environment, refusals, end };
}

/** The same promise, which breaks when the signal is given. */
function until(signal: AbortSignal, promise: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
}

/** Has the test end when this process is to end, and the nodes however it ends. Yields what takes this back. */
function endUpon(ending: AbortController, company: Company): () => void {
  const abandon = (): void => company.abandon();
  const interrupt = (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): void => {
    // Whoever asks again does not want to wait.
    if (ending.signal.reason instanceof Interrupted) process.exit(128 + constants.signals[signal]);
    ending.abort(new Interrupted(signal));
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, interrupt);
  process.on('exit', abandon);
  return () => {
    for (const signal of signals) process.off(signal, interrupt);
    process.off('exit', abandon);
  };
}

/** Shows how a test gets on, until the function that is returned is called. */
function showProgress(processTest: ProcessTest, now: () => number): () => void {
  const progress = new Progress();
  const timer = setInterval(() => {
    progress.show(() => {
      const { phase, history, nemesis } = processTest;
      const seconds = (now() / 1000).toFixed(0);
      const wrong = nemesis.current();
      return `${seconds} s, ${phase}: ${grouped(history.events.length)} events${wrong === '' ? '' : `; ${wrong}`}`;
    });
  }, 100);
  return () => {
    clearInterval(timer);
    progress.clear();
  };
}

function verdictLines({ valid, explanation, failure }: Results): readonly string[] {
  const word =
    valid === 'unknown' ? colours.yellow('Unknown') : valid ? colours.green('Valid') : colours.red('Invalid');
  return [...(failure === null ? [] : [failure, '']), `${word}: ${explanation}`];
}
