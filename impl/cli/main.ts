import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { backup } from './backupCommand.ts';
import { check } from './checkCommand.ts';
import { client } from './clientCommand.ts';
import { demo } from './demoCommand.ts';
import { inspect } from './inspectCommand.ts';
import { maelstrom } from './maelstromCommand.ts';
import { server } from './serverCommand.ts';
import { status } from './statusCommand.ts';

const commands = {
  demo: { run: demo, help: 'runs a whole cluster in one process, with commands that break it' },
  server: { run: server, help: 'runs one replica' },
  client: { run: client, help: 'sends one command to a cluster, or reads commands line by line' },
  status: { run: status, help: 'shows the status of every replica of a cluster' },
  inspect: { run: inspect, help: "shows and verifies what a replica's directory holds" },
  backup: { run: backup, help: "copies a replica's directory while its server runs" },
  check: { run: check, help: 'checks that a service of your own keeps its contract' },
  maelstrom: { run: maelstrom, help: "runs a node of Maelstrom's workloads echo and lin-kv" },
} as const;

const help = `viewstamped COMMAND [options]

A replicated key-value store that keeps going while replicas crash: Viewstamped Replication.

${Object.entries(commands)
  .map(([name, { help }]) => `  ${name.padEnd(12)}${help}`)
  .join('\n')}

Every command has --help. --version shows the version.
`;

/** The version of the package that this file is of. */
function version(): string {
  const file = fileURLToPath(import.meta.resolve('viewstamped/package.json'));
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(file, 'utf8'))).version;
}

const [name = '', ...argv] = process.argv.slice(2);
const command = Object.entries(commands).find(([known]) => known === name)?.[1];
if (command !== undefined) await command.run(argv);
else if (['--help', '-h', 'help'].includes(name)) process.stdout.write(help);
else if (name === '--version') process.stdout.write(`${version()}\n`);
else {
  const problem = name === '' ? 'It needs a command.' : `There is no command '${name}'.`;
  process.stderr.write(`viewstamped: ${problem}\n\n${help}`);
  process.exitCode = 2;
}
