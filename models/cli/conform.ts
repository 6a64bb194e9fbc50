import { runCommand, UsageError } from '../../impl/terminal/arguments.ts';
import { jsonSchema } from '../conform/format/line.ts';
import { BadTrace } from '../conform/format/reader.ts';
import { conformanceReport } from './output/conformance.ts';

const command = 'npm run conform';

await runCommand(
  {
    command,
    summary:
      'Holds a run of real processes to the specification of the protocol and to the promise. The files are the traces of the\n' +
      'replicas of one group, one for each replica, as viewstamped server --trace writes them; docs/conform.md explains the format.\n' +
      'Exit codes: 0 every step is legal, 1 a step is not, 2 bad file or command line.',
    positionals: { value: 'FILE', help: 'the trace of a replica, with all its starts' },
    options: {
      whole: {
        type: 'boolean',
        help: 'the files show every step that took effect: refuse a message that was sent after the end of one',
      },
      schema: { type: 'boolean', help: 'print the JSON Schema of a line, and judge nothing' },
    },
  },
  async ({ values, positionals }) => {
    if (values.schema) {
      console.log(JSON.stringify(jsonSchema(), undefined, 2));
      return 0;
    }
    if (positionals.length === 0)
      throw new UsageError('It needs 1 FILE or more: the trace of each replica of a group.');
    try {
      const { lines, code } = await conformanceReport(positionals, values.whole);
      console.log(lines.join('\n'));
      return code;
    } catch (error) {
      if (!(error instanceof BadTrace)) throw error;
      process.stderr.write(`${command}: ${error.message}\n`);
      return 2;
    }
  },
);
