import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../root.ts';
import {
  asProjectsWrite,
  brokenLinks,
  commandsNotRun,
  compilerErrors,
  examplesIn,
  isThere,
  pages,
  sourceTexts,
} from './documentation.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const all = pages();
const readme = { path: 'README.md', text: read('README.md') };

describe('the README', () => {
  it('has at most 120 lines', () => {
    expect(readme.text.trimEnd().split('\n').length).toBeLessThanOrEqual(120);
  });

  it('begins with the two commands that a newcomer needs', () => {
    expect(readme.text).toMatch(/^npm ci && npm start$/m);
    expect(readme.text).toMatch(/^npm ci && npm test$/m);
  });
});

describe('the trace in the README', () => {
  it('is what the command beside it prints', () => {
    const command = ['--import', 'tsx', 'models/cli/replay.ts', 'paper-recovery'];
    const { stdout } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
    const [trace = ''] = stdout.split('\n\nReproduced: ');
    expect(trace).toContain('BROKEN at event 3');
    expect(readme.text).toContain(`\n\`\`\`text\n${trace}\n\`\`\`\n`);
  });
});

describe('docs/services.md', () => {
  it.each([
    ['bank.ts', 'impl/cli/bank.ts'],
    ['counter.ts', 'impl/examples/counter.ts'],
  ])('shows %s as it is, with the imports of a project that has the package', (name, path) => {
    const text = asProjectsWrite(read(path));
    expect(text).toContain("from 'viewstamped'");
    expect(read('docs/services.md')).toContain(`\n\`\`\`ts\n// ${name}\n${text}\`\`\`\n`);
  });
});

describe('every command that the documentation shows is run by the CI', () => {
  const scripts = read('.ci/run') + read('.ci/tour') + read('.ci/package');
  // These pages are written by commands that the CI runs, and show what those ran.
  const generated = /^(spec\/reasons\/|properties\/generated-mutants\/|docs\/results\.md$)/;
  const shown = all.filter(({ path }) => !generated.test(path));

  it.each(shown)('$path', (page) => {
    expect(commandsNotRun(page, scripts)).toEqual([]);
  });

  const page = (text: string) => ({ path: 'page.md', text });
  const block = (command: string) => page(`Some words.\n\n\`\`\`sh\n${command}\n\`\`\`\n`);

  it.each([
    ['npm run hunt -- --seconds 60', 'npm test'],
    ['npm run hunt -- --seconds 60', '# npm run hunt -- --seconds 5'],
    ['npm run hunt -- --seconds 60', 'npm run hunt -- --steps 60'],
    ['npx viewstamped status --json', 'npx viewstamped server --json'],
    ['npx viewstamped status --json', 'node impl/cli/viewstamped.mjs status'],
    ['$ npm install && npm start   # a comment', 'npm ci'],
  ])('misses %s where the CI says %s', (command, ci) => {
    expect(commandsNotRun(block(command), ci)).toHaveLength(1);
    expect(
      commandsNotRun(page(`Say \`${command.replace(/ {2}.*/, '').replace('$ ', '')}\`.`), ci),
    ).toHaveLength(1);
  });

  it.each([
    ['npm run hunt -- --seconds 60   # a comment', 'step npm run hunt -- --seed 1 --seconds 5'],
    ['npx viewstamped status --config a.yaml', 'node impl/cli/viewstamped.mjs status --config b.yaml'],
    ['npm install', 'npm ci'],
    ['npm start', 'npm run start'],
    ['git log', ''],
  ])('lets %s pass where the CI says %s', (command, ci) => {
    expect(commandsNotRun(block(command), ci)).toEqual([]);
  });
});

describe('every relative link in the documentation leads to a file and to a heading', () => {
  it.each(all)('$path', (page) => {
    expect(brokenLinks(page, isThere, read)).toEqual([]);
  });

  it.each([
    ['docs/nowhere.md', 'there is no file'],
    ['../outside.md', 'there is no file'],
    ['spec/README.md#no-such-heading', 'there is no heading'],
    ['#no-such-heading', 'there is no heading'],
  ])('misses %s: %s', (target, why) => {
    const page = { path: 'README.md', text: `# A page\n\nSee [this](${target}).\n` };
    expect(brokenLinks(page, isThere, (path) => (path === 'README.md' ? page.text : read(path)))).toEqual([
      `README.md: ${why} ${target}`,
    ]);
  });

  it.each(['https://example.org/x', 'spec/README.md', 'spec', '#a-page-with-code', '#a-page-with-code-1'])(
    'finds %s',
    (target) => {
      const text = `# A page, with \`code\`\n\nSee [this](${target}).\n\n## A page with code\n`;
      expect(brokenLinks({ path: 'README.md', text }, isThere, () => text)).toEqual([]);
    },
  );
});

describe('every TypeScript block in the documentation compiles', () => {
  const sources = sourceTexts();

  it('unless it is a piece of a source file', () => {
    expect(compilerErrors(all.flatMap((page) => examplesIn(page, sources)))).toEqual([]);
  });

  it('reports an import from a file without that export, a wrong type, and an unknown name', () => {
    const import_ = "import { configure, nothingSuch } from '../impl/index.ts';";
    const text = `\`\`\`ts\n${import_}\nconst one: string = 1;\nunknown(configure);\n\`\`\`\n`;
    const errors = compilerErrors(examplesIn({ path: 'docs/page.md', text }, sources));
    expect(errors).toEqual([
      expect.stringMatching(/^docs\/page-line-1\.mts\(1,.*nothingSuch/),
      expect.stringMatching(/^docs\/page-line-1\.mts\(2,.*'number'/),
      expect.stringMatching(/^docs\/page-line-1\.mts\(3,.*'unknown'/),
    ]);
  });
});
