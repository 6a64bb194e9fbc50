import { ClusterClient } from '../node/client/clusterClient.ts';
import { FailedError, RejectedError } from '../node/client/errors.ts';
import { formatAddress } from '../node/cluster/address.ts';
import { SetupError } from '../node/cluster/setupError.ts';
import { runCommand, UsageError } from '../terminal/arguments.ts';
import { milliseconds } from '../terminal/optionValues.ts';
import { clusterFromOptions, clusterOptions } from './clusterOptions.ts';
import { commandHelp, formatResult, type KeyValueCommand, parseCommand } from './keyValueCommands.ts';
import { runRepl } from './repl.ts';

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
        '3 the outcome is unknown; 4 the service failed at the request, which had no effect.',
      options: {
        ...clusterOptions,
        timeout: {
          type: 'string',
          value: 'MS',
          default: '10000',
          help: 'milliseconds to wait for an answer',
        },
      },
      positionals: { value: 'WORD', help: 'a command, word by word' },
    },
    async ({ values, positionals }) => {
      const cluster = clusterFromOptions(values, 'client');
      const timeout = milliseconds('--timeout', values.timeout);
      // A wrong command is reported before any connection is made.
      const command = positionals.length === 0 ? undefined : parseCommand(positionals);
      const client = new ClusterClient(cluster, { timeout });
      try {
        if (command !== undefined) return await runCommandOnce(client, command, '', `${name}: `);
        return await runRepl({
          greeting: `Connecting to ${cluster.addresses.map(formatAddress).join(', ')}.`,
          extraHelp: [],
          execute: (words, prefix) => runCommandOnce(client, parseCommand(words), prefix, ''),
        });
      } finally {
        client.close();
      }
    },
    argv,
  );
}

/** Executes a command and prints its answer after the prefix, or the error after its own. Yields the exit code. */
async function runCommandOnce(
  client: ClusterClient,
  { operation, succeeds }: KeyValueCommand,
  prefix: string,
  errorPrefix: string,
): Promise<number> {
  try {
    const result = await client.request(operation);
    process.stdout.write(`${prefix}${formatResult(result)}\n`);
    return succeeds(result) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Error) || error instanceof SetupError) throw error;
    if (error instanceof RejectedError) throw new UsageError(error.message);
    process.stderr.write(`${errorPrefix}${error.name}: ${error.message}\n`);
    return error instanceof FailedError ? 4 : 3;
  }
}
