import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandsNotRun } from './rules.ts';
import { root } from './source.ts';

describe('house rule: the README shows its example as it is', () => {
  it('holds', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const example = readFileSync(join(root, 'impl/cli/bank.ts'), 'utf8');
    expect(readme).toContain(`\n\`\`\`ts\n${example}\`\`\`\n`);
    expect(example.split('\n').length).toBeLessThan(40);
  });
});

describe('house rule: every command that the README shows is run by the CI', () => {
  it('holds', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const ci = readFileSync(join(root, '.ci/run'), 'utf8');
    expect(readme).toMatch(/^npm ci && npm test$/m);
    expect(commandsNotRun(readme, ci)).toEqual([]);
  });

  const shown = (command: string): string => `Some words.\n\n\`\`\`sh\n${command}\n\`\`\`\n`;

  it.each([
    ['npm run hunt -- --seconds 60', 'npm test'],
    ['npm run hunt -- --seconds 60', '# npm run hunt -- --seconds 5'],
    ['npm run hunt -- --seconds 60', 'npm run hunt -- --steps 60'],
    ['$ npm install && npm start   # a comment', 'npm ci'],
  ])('catches %s where the CI says %s', (command, ci) => {
    expect(commandsNotRun(shown(command), ci)).toHaveLength(1);
  });

  it.each([
    ['npm run hunt -- --seconds 60   # a comment', 'step npm run hunt -- --seed 1 --seconds 5'],
    ['npm install', 'npm ci'],
    ['npm start', 'npm run start'],
    ['npx biome', ''],
  ])('lets %s pass where the CI says %s', (command, ci) => {
    expect(commandsNotRun(shown(command), ci)).toEqual([]);
  });
});
