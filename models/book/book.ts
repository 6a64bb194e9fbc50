import { posix } from 'node:path';
import type { Pages } from '../mutation/pages/pages.ts';
import { type Chapter, chapters, relative } from './chapters.ts';
import { htmlOf } from './html.ts';

/** The whole book as one page. */
const bookPage = 'book.html';

/** The files of the book: a page for each chapter, the contents, and all of it in one page. */
export function writtenBook(): Pages {
  const all = chapters();
  const pages = new Map([['README.md', contentsPage(all)]]);
  all.forEach((chapter, index) => {
    if (chapter.isTakenIn) return;
    const text = `${chapter.text.trimEnd()}\n\n---\n\n${turning(all, index)}\n\n${note}\n`;
    pages.set(posix.basename(chapter.path), text);
  });
  pages.set(bookPage, htmlOf(all));
  return pages;
}

const note = '*Written by `npm run book`. Do not edit.*';

function contentsPage(all: readonly Chapter[]): string {
  const lines = all.map(({ path, title }, index) => `${index + 1}. [${title}](${relative(path)})`);
  return [
    '# The book of the specification',
    'The protocol from top to bottom: the rules as they stand in [`spec/protocol/`](../../spec/protocol), with the prose beside them.\n' +
      `The same in one page, to read without a network: [\`${bookPage}\`](${bookPage}).`,
    lines.join('\n'),
    note,
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n');
}

function turning(all: readonly Chapter[], index: number): string {
  const link = (words: string, chapter: Chapter | undefined) =>
    chapter === undefined ? [] : [`${words}: [${chapter.title}](${relative(chapter.path)})`];
  return [...link('Before', all[index - 1]), '[Contents](README.md)', ...link('Next', all[index + 1])].join(
    ' · ',
  );
}
