// Writes the blocks of a page that begin with the name of a file, as in `// main.js: …`, into those files. The arguments: the page,
// and how often a file may be written: a later block replaces an earlier one, as for a reader who follows the page.
import { readFileSync, writeFileSync } from 'node:fs';

const [, , page = '', most = 'Infinity'] = process.argv;
const times = new Map();
const fenced = /^```(?:js|ts|yaml)\n((?:\/\/|#) ([\w.]+\.(?:js|ts|yaml))\b[\s\S]*?)^```$/gm;
for (const [, code, file] of readFileSync(page, 'utf8').matchAll(fenced)) {
  const count = (times.get(file) ?? 0) + 1;
  times.set(file, count);
  if (count <= Number(most)) writeFileSync(file, code);
}
if (times.size === 0) throw new Error(`${page} has no block that begins with the name of a file.`);
