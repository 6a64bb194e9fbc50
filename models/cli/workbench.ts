import { constants } from 'node:os';
import { runCommand, UsageError } from '../../impl/cli/arguments.ts';
import { realClock } from '../workbench/clock.ts';
import type { Listener } from '../workbench/nodes.ts';
import { ownNode, type Program } from '../workbench/ownNode.ts';
import { CannotRun } from '../workbench/process.ts';
import { Processes } from '../workbench/processes.ts';
import { reportLines } from '../workbench/report.ts';
import { type Results, resultsOf, settingsData } from '../workbench/results.ts';
import { Store } from '../workbench/store.ts';
import { Trial } from '../workbench/trial.ts';
import { grouped } from './report.ts';
import { colours, Progress } from './terminal.ts';
import { type Asked, askedOf, options } from './workbenchOptions.ts';

/** The reason for which a trial ends when the user, or the system, no longer wants it. */
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
      'Puts programs on trial that speak the protocol of Maelstrom: it runs them as the nodes of a network, makes faults,\n' +
      'lets clients work with them, keeps the history, and judges it. Faults of the network are between nodes only.\n' +
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
    const { trial, end } = await tried(asked, store);
    if (end instanceof CannotRun) throw new UsageError(end.message);
    store.writeHistory(trial.chronicle.events);
    const results = await resultsOf(trial, asked.settings, end);
    store.writeResults({ ...results, workload: asked.workload, settings: settingsData(asked.settings) });
    for (const line of [...reportLines(results), '', ...verdictLines(results)]) console.log(line);
    if (end instanceof Interrupted) return 128 + constants.signals[end.signal];
    return results.valid === 'unknown' ? 3 : results.valid ? 0 : 1;
  },
);

async function programFor({ command, removal }: Asked): Promise<Program> {
  return command === undefined ? await ownNode(removal) : { command, args: [] };
}

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

/** Runs a trial to its end. `end` is why it ended too soon, or undefined if it did not. */
async function tried(asked: Asked, store: Store): Promise<{ readonly trial: Trial; readonly end: unknown }> {
  const { settings, args } = asked;
  const program = await programFor(asked);
  const clock = realClock();
  const ending = new AbortController();
  const listener: Listener = {
    message: (node, message) => trial.receive(node, message),
    failure: (failure) => ending.abort(failure),
  };
  const complaint = (name: string, line: string): void => {
    if (asked.logStderr) process.stderr.write(`${name}: ${line}\n`);
  };
  const programOf = (name: string) => ({
    ...program,
    args: [...program.args, ...args],
    data: store.data(name),
    log: store.log(name),
  });
  const processes = new Processes(settings.nodes, programOf, listener, complaint);
  const trial = new Trial(settings, clock, processes, asked.logMessages ? store.journal(clock) : () => {});
  const release = endUpon(ending, processes);
  const progress = showProgress(trial, () => clock.now());
  let end: unknown;
  try {
    await until(ending.signal, processes.start());
    await trial.run(ending.signal);
  } catch (error) {
    if (!ending.signal.aborted) throw error;
    end = ending.signal.reason;
  } finally {
    progress();
    await processes.end();
    await store.close();
    release();
  }
  return { trial, end };
}

/** The same promise, which breaks when the signal is given. */
function until(signal: AbortSignal, promise: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
}

/** Has the trial end when this process is to end, and the nodes however it ends. Yields what takes this back. */
function endUpon(ending: AbortController, processes: Processes): () => void {
  const abandon = (): void => processes.abandon();
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

/** Shows how a trial gets on, until the function that is returned is called. */
function showProgress(trial: Trial, now: () => number): () => void {
  const progress = new Progress();
  const timer = setInterval(() => {
    progress.show(() => {
      const { phase, chronicle, nemesis } = trial;
      const seconds = (now() / 1000).toFixed(0);
      const wrong = nemesis.current();
      return `${seconds} s, ${phase}: ${grouped(chronicle.events.length)} events${wrong === '' ? '' : `; ${wrong}`}`;
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
