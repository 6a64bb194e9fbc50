import { existsSync } from 'node:fs';
import { backUpDirectory } from '../node/storage/inspectDirectory.ts';
import { runCommand, UsageError } from '../terminal/arguments.ts';

/** `viewstamped backup`: copies a replica's directory while its server runs. */
export function backup(argv: readonly string[]): Promise<void> {
  return runCommand(
    {
      command: 'viewstamped backup',
      summary:
        "Copies a replica's directory to another one, also while its server runs: all that was durable at one moment.\n" +
        'The copy is for reading (viewstamped inspect). It does not bring a replica back: the group knows that it is older, and a\n' +
        'server that is started with it sets it aside, and recovers from the others.\n' +
        'Exit codes: 0 copied; 2 usage, no directory of a replica, or a corrupt one, of which nothing is copied.',
      options: {},
      positionals: {
        value: 'DIR TO',
        help: 'the directory of --data, and the one to create',
        atLeast: 2,
        atMost: 2,
      },
    },
    async ({ positionals: [directory = '', to = ''] }) => {
      if (!existsSync(directory))
        throw new UsageError(`${directory} does not exist: name the directory of --data.`);
      const { content } = await backUpDirectory(directory, to);
      const { log, commitNumber } = content.image;
      process.stdout.write(
        `Copied to ${to}: the log up to entry ${log.length}, of which ${commitNumber} are committed.\n`,
      );
      return 0;
    },
    argv,
  );
}
