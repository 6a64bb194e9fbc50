import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import typescript from 'highlight.js/lib/languages/typescript';
import { Marked, type Tokens } from 'marked';
import { bookFolder, type Chapter } from './chapters.ts';
import { headingAnchor } from './markdown.ts';
import { statusSvg } from './statuses.ts';

hljs.registerLanguage('sh', bash);
hljs.registerLanguage('ts', typescript);

const style = readFileSync(fileURLToPath(new URL('./book.css', import.meta.url)), 'utf8');

/** The whole book as one page that loads nothing. It stands in docs/book/, where its links to files of the project lead. */
export function htmlOf(chapters: readonly Chapter[]): string {
  const entries = chapters.map(
    ({ path, title }) => `<li><a href="#${idOf(path)}">${escaped(title)}</a></li>`,
  );
  const texts = chapters.map(
    (chapter) => `<section id="${idOf(chapter.path)}">\n${chapterHtml(chapter, chapters)}</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Viewstamped Replication, as an executable specification</title>
<style>
${style}</style>
</head>
<body>
<nav><details open><summary>Contents</summary>
<ol>
${entries.join('\n')}
</ol></details></nav>
<main>
${texts.join('\n')}
<footer>Written by <code>npm run book</code> from the sources in <code>spec/</code>.</footer>
</main>
</body>
</html>
`;
}

function chapterHtml(chapter: Chapter, chapters: readonly Chapter[]): string {
  const seen = new Map<string, number>();
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }: Tokens.Heading) {
        const anchor = headingAnchor(text);
        const before = seen.get(anchor) ?? 0;
        seen.set(anchor, before + 1);
        const id = before === 0 ? anchor : `${anchor}-${before}`;
        return `<h${depth} id="${idOf(chapter.path, id)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }: Tokens.Link) {
        return `<a href="${escaped(targetOf(href, chapter, chapters))}">${this.parser.parseInline(tokens)}</a>`;
      },
      code({ text, lang = '' }: Tokens.Code) {
        if (lang === 'mermaid') return `<figure>${statusSvg()}</figure>\n`;
        const isKnown = hljs.getLanguage(lang) !== undefined;
        const shown = isKnown ? hljs.highlight(text, { language: lang }).value : escaped(text);
        return `<pre><code>${shown}</code></pre>\n`;
      },
      table(token: Tokens.Table) {
        const row = (cells: readonly Tokens.TableCell[], tag: string) =>
          `<tr>${cells.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`).join('')}</tr>`;
        const rows = token.rows.map((cells) => row(cells, 'td'));
        return `<div class="table"><table>\n<thead>${row(token.header, 'th')}</thead>\n<tbody>\n${rows.join('\n')}\n</tbody></table></div>\n`;
      },
    },
  });
  const html = marked.parse(chapter.text, { async: false });
  return html.replaceAll(
    /<a id="([^"]*)"><\/a>/g,
    (_, anchor: string) => `<a id="${idOf(chapter.path, anchor)}"></a>`,
  );
}

/** Where a link of a chapter leads in the one page: to another place of it, or to a file of the project. */
function targetOf(href: string, { path }: Chapter, chapters: readonly Chapter[]): string {
  if (/^[a-z]+:/.test(href)) return href;
  const [file = '', anchor] = href.split('#');
  const target = file === '' ? path : posix.join(posix.dirname(path), file);
  if (chapters.some((chapter) => chapter.path === target)) return `#${idOf(target, anchor)}`;
  return `${posix.relative(bookFolder, target)}${anchor === undefined ? '' : `#${anchor}`}`;
}

/** The name of a place in the one page: of a chapter, or of an anchor within it. */
function idOf(path: string, anchor?: string): string {
  const chapter = path === 'spec/README.md' ? 'promise' : posix.basename(path, '.md');
  return anchor === undefined ? chapter : `${chapter}.${anchor}`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
