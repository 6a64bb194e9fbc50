import type { ClusterClient } from '../node/client/clusterClient.ts';
import { WatchError } from '../node/client/errors.ts';
import { SetupError } from '../node/cluster/setupError.ts';
import type { WatchEvent } from '../node/watch/watchMessages.ts';
import { UsageError } from '../terminal/arguments.ts';
import { untilInterrupted } from '../terminal/terminal.ts';
import type { Answer } from './answer.ts';
import { helpLine } from './keyValueCommands.ts';
import { isInteractive } from './repl.ts';

/** The name of the command that shows the changes of a key. */
export const watchName = 'WATCH';
const usage = `${watchName} key [after]`;
/** Its help line. */
export const watchHelp = helpLine(
  usage,
  'shows each change of the key with its op-number, from now on or after that op-number, until Ctrl-C',
);

/** What WATCH shows. */
export interface WatchWords {
  readonly key: string;
  readonly after: number | undefined;
}

/** What these words watch; undefined if they are another command. Throws a UsageError if the command is incomplete. */
export function watchIn([name = '', key, from, ...rest]: readonly string[]): WatchWords | undefined {
  if (name.toUpperCase() !== watchName) return undefined;
  const after = from === undefined ? undefined : Number(from);
  const isWrong = from !== undefined && !(/^\d+$/.test(from) && Number.isSafeInteger(after));
  if (key === undefined || isWrong || rest.length > 0)
    throw new UsageError(`Write ${usage}, where after is an op-number.`);
  return { key, after };
}

/** What tells the changes of a key. */
type Watcher = Pick<ClusterClient, 'watch'>;

/** How changes are printed. */
interface WatchPrinting {
  /** What stands before each line: it clears a prompt that was shown meanwhile. */
  readonly clear: string;
  /** What stands before a change. */
  readonly prefix: string;
  /** Whether a change is a line of JSON. */
  readonly json: boolean;
}

/**
 * Prints the changes to standard output, a line each, until the signal is aborted or the reader is gone. The next change is asked for
 * once the line has left. Standard error tells where the watch begins, and how to go on after it. Throws a UsageError for a key that
 * does not fit into a message.
 */
export async function runWatch(
  client: Watcher,
  { key, after }: WatchWords,
  signal: AbortSignal,
  { clear, prefix, json }: WatchPrinting,
): Promise<Answer> {
  const name = JSON.stringify(key);
  let shown: { readonly after: number; readonly upTo: number } | undefined;
  let isRead = true;
  try {
    for await (const event of client.watch(key, { after, signal })) {
      if (shown === undefined) {
        const start = after ?? event.opNumber;
        shown = { after: start, upTo: start };
        process.stderr.write(`${clear}Watching ${name} after op-number ${start}. Ctrl-C ends it.\n`);
      }
      const text = linesOf(event, json).map((line) => `${clear}${prefix}${line}\n`);
      isRead = await written(text.join(''), signal);
      if (!isRead) break;
      shown = { ...shown, upTo: event.opNumber };
    }
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    if (!(error instanceof WatchError)) throw error;
    if (error.cause instanceof SetupError) throw error.cause;
    return { code: error.reason === 'compacted' ? 1 : 5, error };
  }
  const why = isRead || signal.aborted ? '' : ', because the output is not read any more';
  process.stderr.write(
    `${clear}${shown === undefined ? 'Stopped before the watch began.' : `Stopped${why}. ${endOf(shown, name)}`}\n`,
  );
  return { code: 0 };
}

/**
 * Watches for a line that was read, until Ctrl-C. That is a key where lines are typed, of which the signal tells, and a signal of the
 * system elsewhere.
 */
export function watchForLine(
  client: Watcher,
  words: WatchWords,
  signal: AbortSignal,
  json: boolean,
): Promise<Answer> {
  return isInteractive()
    ? runWatch(client, words, signal, { clear: '\r\x1b[K', prefix: 'server=> ', json })
    : untilInterrupted((interrupted) =>
        runWatch(client, words, interrupted, { clear: '', prefix: '', json }),
      );
}

function endOf({ after, upTo }: { readonly after: number; readonly upTo: number }, name: string): string {
  const told =
    upTo === after
      ? `No change after op-number ${after} was shown.`
      : `All changes after op-number ${after} up to ${upTo} were shown.`;
  return `${told} To go on: ${watchName} ${name} ${upTo}`;
}

/** Writes the text to standard output. Resolves with whether it has left: not if the output is closed, or the signal aborted before. */
function written(text: string, signal: AbortSignal): Promise<boolean> {
  if (text === '') return Promise.resolve(true);
  return new Promise((resolve) => {
    const onAbort = (): void => resolve(false);
    signal.addEventListener('abort', onAbort, { once: true });
    process.stdout.write(text, (error) => {
      signal.removeEventListener('abort', onAbort);
      resolve(error === undefined || error === null);
    });
  });
}

function linesOf({ opNumber, changes }: WatchEvent, json: boolean): readonly string[] {
  return changes.map((change) => {
    if (json) return JSON.stringify({ opNumber, ...change });
    const key = JSON.stringify(change.key);
    return change.type === 'set'
      ? `${opNumber} SET ${key} ${JSON.stringify(change.value)}`
      : `${opNumber} DEL ${key}`;
  });
}
