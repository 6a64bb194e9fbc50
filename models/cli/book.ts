import { fileURLToPath } from 'node:url';
import { runCommand } from '../../impl/terminal/arguments.ts';
import { writtenBook } from '../book/book.ts';
import { bookFolder } from '../book/chapters.ts';
import { outdatedPages, updatePages } from '../mutation/pages/pages.ts';

const folder = fileURLToPath(new URL(`../../${bookFolder}`, import.meta.url));

await runCommand(
  {
    command: 'npm run book',
    summary:
      `Writes ${bookFolder}: the specification as a book, from spec/, its prose in models/book/, and runs of the specification.\n` +
      'Exit codes: 0 done, 1 pages are not up to date (with --check), 2 usage.',
    options: {
      check: { type: 'boolean', help: 'write nothing, and list the pages that are not up to date' },
    },
  },
  ({ values }) => {
    const pages = writtenBook();
    const names = values.check ? outdatedPages(folder, pages) : updatePages(folder, pages);
    for (const name of names) console.log(`${bookFolder}${name}`);
    if (names.length === 0) console.log(`All ${pages.size} pages are up to date.`);
    return values.check && names.length > 0 ? 1 : 0;
  },
);
