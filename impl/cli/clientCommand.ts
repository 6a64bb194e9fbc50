import { ClusterClient } from '../node/client/clusterClient.ts';
import { formatAddress } from '../node/cluster/address.ts';
import { SetupError } from '../node/cluster/setupError.ts';
import { runCommand, UsageError } from '../terminal/arguments.ts';
import { milliseconds } from '../terminal/optionValues.ts';
import { answerTo, print } from './answer.ts';
import { clusterFromOptions, clusterOptions } from './clusterOptions.ts';
import { commandHelp, formatResult, type KeyValueCommand, parseCommand } from './keyValueCommands.ts';
import { runRepl } from './repl.ts';
import { valueIn, writeValue } from './valueFile.ts';

const name = 'viewstamped client';

/** `viewstamped client`: sends one command, or reads commands line by line. */
export function client(argv: readonly string[]): Promise<void> {
  return runCommand(
    {
      command: name,
      summary:
        'Sends a command to a cluster, word by word; without one it reads commands line by line.\n' +
        `${commandHelp().join('\n')}\n` +
        'Exit codes: 0 success; 1 the key does not exist, or its value was not as expected; 2 usage;\n' +
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
  const command = words.length === 0 ? undefined : commandOf(words, file);
  // Ctrl-C ends the wait for one command, so that the error says whether it was executed.
  const interrupted = new AbortController();
  if (command !== undefined) process.once('SIGINT', () => interrupted.abort());
  const client = new ClusterClient(cluster, { deadline });
  try {
    if (command === undefined)
      return await runRepl({
        greeting: `Connecting to ${cluster.addresses.map(formatAddress).join(', ')}.`,
        extraHelp: [],
        extraNames: [],
        json,
        execute: (line, signal) => {
          const typed = parseCommand(line);
          return answerTo(client.request(typed.operation, { signal }), typed);
        },
      });
    const into = isGet(words) ? file : undefined;
    const { signal } = interrupted;
    const answer = await answerTo(client.request(command.operation, { signal }), command, (value) =>
      into === undefined || value === null ? [formatResult(value)] : writeValue(into, value),
    );
    return print(answer, { errorPrefix: `${name}: `, json });
  } finally {
    await client.close();
  }
}

/** The command of these words. With a file its value is what is in there, unless it is to be written there. */
function commandOf(words: readonly string[], file: string | undefined): KeyValueCommand {
  if (file === undefined || isGet(words)) return parseCommand(words);
  const { operation, succeeds } = parseCommand([...words, '']);
  if (!('value' in operation))
    throw new UsageError('--file works with SET and CAS, whose last word it gives, and with GET.');
  return { operation: { ...operation, value: valueIn(file) }, succeeds };
}

function isGet([name]: readonly string[]): boolean {
  return name?.toUpperCase() === 'GET';
}
