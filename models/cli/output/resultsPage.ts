import { fileURLToPath } from 'node:url';
import { UsageError } from '../../../impl/terminal/arguments.ts';

/** The page of what was measured. */
export const resultsPage = fileURLToPath(new URL('../../../docs/results.md', import.meta.url));

/** The text of a page with this in place of what its section holds. Throws a UsageError where the page has no such section. */
export function withSection(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- begin ${name} -->\n`, `<!-- end ${name} -->\n`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new UsageError(`The page has no section between '${begin}' and '${end}'.`);
  return `${text.slice(0, from + begin.length)}${content}${text.slice(to)}`;
}
