import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { explainedIn, woven } from './weave.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const templates = 'models/book/chapters/';

/** Where the book is written. */
export const bookFolder = 'docs/book/';
/** The chapters in the order in which they are read. Those that end with .md are pages of the project that the book takes in. */
const contents = [
  'first-page',
  'spec/README.md',
  'state',
  'normal-operation',
  'view-change',
  'state-transfer',
  'recovery',
  'damage',
  'clients',
  'reads',
  'messages',
  'run',
  'implementation',
  'course',
  'questions',
  'docs/protocol.md',
  'docs/glossary.md',
] as const;

/** A chapter as it is shown. */
export interface Chapter {
  /** From the project's top folder. Links in the text are relative to its folder. */
  readonly path: string;
  readonly title: string;
  readonly text: string;
  /** Whether it is a page of the project that stands by itself. */
  readonly isTakenIn: boolean;
}

/** All chapters. */
export function chapters(): readonly Chapter[] {
  const sources = contents.map((name) => {
    const isTakenIn = name.endsWith('.md');
    const path = isTakenIn ? name : `${bookFolder}${name}.md`;
    const file = isTakenIn ? name : `${templates}${name}.md`;
    return { path, isTakenIn, template: readFileSync(`${root}${file}`, 'utf8') };
  });
  const places = new Map(
    sources.flatMap(({ path, template }) =>
      explainedIn(template).map((name) => [name, posix.basename(path)] as const),
    ),
  );
  return sources.map(({ path, isTakenIn, template }) => ({
    path,
    title: /^# (.*)$/m.exec(template)?.[1] ?? path,
    text: isTakenIn ? template : linked(woven(template, places), path),
    isTakenIn,
  }));
}

/** Templates write links from the project's top folder, with a leading slash. */
function linked(text: string, path: string): string {
  return text.replaceAll(/\]\(\/([^)\s#]*)(#[^)\s]*)?\)/g, (_, target: string, anchor = '') =>
    target === path ? `](${anchor})` : `](${relative(target)}${anchor})`,
  );
}

/** A link from a page of the book. */
export function relative(path: string): string {
  return posix.relative(bookFolder, path);
}
