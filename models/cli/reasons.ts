import { fileURLToPath } from 'node:url';
import { runCommand } from '../../impl/terminal/arguments.ts';
import { BadFile } from '../mutation/files/badFile.ts';
import { outdatedPages, type Pages, updatePages, writtenPages } from '../mutation/pages/pages.ts';
import { orReportError } from './output/errors.ts';

const command = 'npm run reasons';
const folder = fileURLToPath(new URL('../../spec/reasons/', import.meta.url));

await runCommand(
  {
    command,
    summary:
      'Writes spec/reasons/: a page for each mutant, from the catalogue, the kept traces and the last full mutation run.\n' +
      'Exit codes: 0 done, 1 pages are not up to date (with --check), 2 bad file or usage.',
    options: {
      check: { type: 'boolean', help: 'write nothing, and list the pages that are not up to date' },
      seed: { type: 'string', value: 'N', help: 'accepted and ignored: this command uses no random numbers' },
    },
  },
  async ({ values }) => {
    const pages = await pagesOrReportError();
    if (pages === undefined) return 2;
    const names = values.check ? outdatedPages(folder, pages) : updatePages(folder, pages);
    for (const name of names) console.log(`spec/reasons/${name}`);
    if (names.length === 0) console.log(`All ${pages.size} pages are up to date.`);
    return values.check && names.length > 0 ? 1 : 0;
  },
);

async function pagesOrReportError(): Promise<Pages | undefined> {
  try {
    return await orReportError(command, () => writtenPages());
  } catch (error) {
    if (!(error instanceof BadFile)) throw error;
    process.stderr.write(`${command}: ${error.message}\n`);
    return undefined;
  }
}
