import { ClusterClient } from '../node/client/clusterClient.ts';
import { RejectedError } from '../node/client/errors.ts';
import { formatAddress } from '../node/cluster/address.ts';
import { SetupError } from '../node/cluster/setupError.ts';
import { runCommand, UsageError } from '../terminal/arguments.ts';
import { clusterFromOptions, clusterOptions } from './clusterOptions.ts';
import { millisecondsGiven } from './given.ts';
import { commandHelp, formatResult, type KeyValueCommand, parseCommand } from './keyValueCommands.ts';
import { runRepl } from './repl.ts';

/** `viewstamped client`: one command, or as many as somebody types. */
export function client(argv: readonly string[]): Promise<void> {
  return runCommand(
    {
      command: 'viewstamped client',
      summary:
        'Asks a cluster for something: the command that follows, or else one command after the other, as they are typed.\n' +
        `${commandHelp().join('\n')}\n` +
        'Exit codes: 0 done; 1 there is no such key, or it was not as expected; 2 usage; 3 nobody knows what became of it.',
      options: {
        ...clusterOptions,
        timeout: { type: 'string', value: 'MS', default: '10000', help: 'how long to wait for an answer' },
      },
      positionals: { value: 'WORD', help: 'a command, word by word' },
    },
    async ({ values, positionals }) => {
      const cluster = clusterFromOptions(values, 'client');
      const timeout = millisecondsGiven('--timeout', values.timeout);
      // What makes no sense need not be sent anywhere.
      const command = positionals.length === 0 ? undefined : parseCommand(positionals);
      const asked = new ClusterClient(cluster, { timeout });
      try {
        if (command !== undefined) return await say(asked, command, '');
        return await runRepl({
          greeting: `Asking ${cluster.addresses.map(formatAddress).join(', ')}.`,
          guide: [],
          execute: (words, prefix) => say(asked, parseCommand(words), prefix),
        });
      } finally {
        asked.close();
      }
    },
    argv,
  );
}

/** Prints the answer to a command, or why there is none. Yields the exit code that it stands for. */
async function say(
  client: ClusterClient,
  { operation, succeeds: isGood }: KeyValueCommand,
  prefix: string,
): Promise<number> {
  try {
    const result = await client.request(operation);
    process.stdout.write(`${prefix}${formatResult(result)}\n`);
    return isGood(result) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Error) || error instanceof SetupError) throw error;
    if (error instanceof RejectedError) throw new UsageError(error.message);
    process.stderr.write(`${error.name}: ${error.message}\n`);
    return 3;
  }
}
