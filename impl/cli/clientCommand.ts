import { ClusterClient } from '../node/client/clusterClient.ts';
import { formatAddress } from '../node/cluster/address.ts';
import { SetupError } from '../node/cluster/setupError.ts';
import { runCommand, UsageError } from '../terminal/arguments.ts';
import { milliseconds } from '../terminal/optionValues.ts';
import { untilInterrupted } from '../terminal/terminal.ts';
import { type Answer, answerTo, print } from './answer.ts';
import { clusterFromOptions, clusterOptions } from './clusterOptions.ts';
import { commandHelp, formatResult, type KeyValueCommand, parseCommand } from './keyValueCommands.ts';
import { runRepl } from './repl.ts';
import { valueIn, writeValue } from './valueFile.ts';
import { runWatch, watchForLine, watchHelp, watchIn, watchName } from './watchCommand.ts';

const name = 'viewstamped client';

/** `viewstamped client`: sends one command, or reads commands line by line. */
export function client(argv: readonly string[]): Promise<void> {
  return runCommand(
    {
      command: name,
      summary:
        'Sends a command to a cluster of the key-value store, word by word; without one it reads commands line by line. WATCH works with\n' +
        'every service that tells its changes.\n' +
        `${[...commandHelp(), watchHelp].join('\n')}\n` +
        'Exit codes: 0 success; 1 the key does not exist, its value was not as expected, or its changes are gone; 2 usage;\n' +
        '3 it is unknown whether the request was executed; 4 the service failed at it, which had no effect;\n' +
        '5 it was not sent, or it was refused, and so not executed.',
      options: {
        ...clusterOptions,
        timeout: {
          type: 'string',
          value: 'MS',
          default: '10000',
          help: 'milliseconds to wait for an answer',
        },
        file: {
          type: 'string',
          value: 'PATH',
          help: 'take the last word of the command, of any bytes, from this file (- is standard input); with GET, write the value there',
        },
        json: {
          type: 'boolean',
          help: 'print errors too as JSON, on standard output: one line for each command',
        },
      },
      positionals: { value: 'WORD', help: 'a command, word by word' },
    },
    async ({ values, positionals }) => {
      try {
        return await run(values, positionals);
      } catch (error) {
        if (!(values.json && (error instanceof UsageError || error instanceof SetupError))) throw error;
        return print({ code: 2, error }, { json: true });
      }
    },
    argv,
  );
}

/** The values of the options. */
interface Values {
  readonly config: string | undefined;
  readonly members: string | undefined;
  readonly timeout: string;
  readonly file: string | undefined;
  readonly json: boolean;
}

/** Sends the command of these words, or those that are read. Yields the exit code. */
async function run({ json, file, ...values }: Values, words: readonly string[]): Promise<number> {
  const cluster = clusterFromOptions(values, 'client');
  const deadline = milliseconds('--timeout', values.timeout);
  if (file !== undefined && words.length === 0)
    throw new UsageError('--file belongs to one command. Write the command after it.');
  // A wrong command is reported before any connection is made.
  const watched = watchIn(words);
  if (watched !== undefined && file !== undefined) throw new UsageError(notForFile);
  const command = words.length === 0 || watched !== undefined ? undefined : commandOf(words, file);
  const client = new ClusterClient(cluster, { deadline });
  const closed = (work: Promise<number>): Promise<number> => work.finally(() => client.close());
  // Ctrl-C ends the wait, so that the error says whether the command was executed.
  const once = (answer: (signal: AbortSignal) => Promise<Answer>): Promise<number> =>
    untilInterrupted((signal) =>
      closed(answer(signal).then((given) => print(given, { errorPrefix: `${name}: `, json }))),
    );
  if (watched !== undefined)
    return once((signal) => runWatch(client, watched, signal, { clear: '', prefix: '', json }));
  if (command === undefined)
    return closed(
      runRepl({
        greeting: `Connecting to ${cluster.addresses.map(formatAddress).join(', ')}.`,
        extraHelp: [watchHelp],
        extraNames: [watchName],
        json,
        execute: (line, signal) => executeLine(client, line, signal, json),
      }),
    );
  const into = isGet(words) ? file : undefined;
  return once((signal) =>
    answerTo(client.request(command.operation, { signal }), command, (value) =>
      into === undefined || value === null ? [formatResult(value)] : writeValue(into, value),
    ),
  );
}

/** Executes a line that was read. */
async function executeLine(
  client: ClusterClient,
  line: readonly string[],
  signal: AbortSignal,
  json: boolean,
): Promise<Answer> {
  const watched = watchIn(line);
  if (watched !== undefined) return watchForLine(client, watched, signal, json);
  const typed = parseCommand(line, [watchName]);
  return answerTo(client.request(typed.operation, { signal }), typed);
}

/** The command of these words. With a file its value is what is in there, unless it is to be written there. */
function commandOf(words: readonly string[], file: string | undefined): KeyValueCommand {
  if (file === undefined || isGet(words)) return parseCommand(words, [watchName]);
  const { operation, succeeds } = parseCommand([...words, '']);
  if (!('value' in operation)) throw new UsageError(notForFile);
  return { operation: { ...operation, value: valueIn(file) }, succeeds };
}

const notForFile = '--file works with SET and CAS, whose last word it gives, and with GET.';

function isGet([name]: readonly string[]): boolean {
  return name?.toUpperCase() === 'GET';
}
