import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { runCommand } from '../../impl/terminal/arguments.ts';
import { reportFolder, writeReports } from '../package/apiReports.ts';
import { built, entryPoints } from '../package/built.ts';

await runCommand(
  {
    command: 'npm run api',
    summary: 'Builds the package, and writes a report of what each entry point exports.',
    options: {
      out: { type: 'string', value: 'DIR', default: reportFolder, help: 'where the reports are written' },
    },
  },
  ({ values: { out } }) => {
    const folder = built();
    try {
      writeReports(entryPoints, folder, resolve(out));
    } finally {
      rmSync(folder, { recursive: true });
    }
    process.stdout.write(`${out} has ${entryPoints.length} reports.\n`);
    return 0;
  },
);
