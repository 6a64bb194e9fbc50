import { describe, expect, it } from 'vitest';
import * as rules from './rules.ts';
import { source, sourcesOf, topFolders } from './source.ts';

type Example = { readonly path: string; readonly text: string };

type RuleCase = {
  readonly name: string;
  readonly rule: rules.Rule;
  /** Each of these breaks the rule, so that the rule is seen to fail. */
  readonly bad: readonly Example[];
  /** None of these breaks it, though some come close. */
  readonly good: readonly Example[];
};

const inPath = (path: string, ...texts: readonly string[]): readonly Example[] =>
  texts.map((text) => ({ path, text }));

const cases: readonly RuleCase[] = [
  {
    name: 'each top folder imports only what it may',
    rule: rules.importsOnlyWhatItsFolderMay,
    bad: [
      ...inPath('spec/a.ts', "import x from '../impl/x.ts';", "import 'immutable';", "import 'node:fs';"),
      ...inPath('impl/replica/a.ts', "import type { X } from '../../spec/x.ts';", "import fs from 'fs';"),
      ...inPath('impl/replica/a.ts', "export * from 'node:fs';", "import { x } from '../node/server.ts';"),
      ...inPath('impl/node/a.ts', "const x = await import('../../models/x.ts');"),
      ...inPath(
        'models/a.ts',
        "import {\n  x,\n} from '../properties/x.ts';",
        "import x from '../package.json';",
      ),
    ],
    good: [
      ...inPath('impl/replica/a.ts', "import { Map } from 'immutable';", "// from '../../spec/x.ts'"),
      ...inPath('impl/node/a.ts', "import fs from 'node:fs';", "import x from '../replica/x.ts';"),
      ...inPath(
        'models/deep/a.ts',
        "import x from '../../spec/x.ts';",
        'const t = "import \'../properties/x.ts\'";',
      ),
      ...inPath('properties/a.ts', "import x from '../models/x.ts';"),
    ],
  },
  {
    name: 'the protocol core reads no clock, draws no random number and does no I/O',
    rule: rules.coreIsPure,
    bad: [
      ...inPath(
        'impl/replica/a.ts',
        'const now = Date.now();',
        'const x = Math.random();',
        'setTimeout(f, 1);',
      ),
      ...inPath('impl/client/a.ts', 'performance.now()', 'crypto.randomUUID()', '`${process.pid}`'),
      ...inPath('impl/service/a.ts', 'new Date()', 'globalThis.Date', 'import.meta.url'),
      ...inPath('impl/tree/a.ts', 'Math.random()'),
    ],
    good: [
      ...inPath(
        'impl/replica/a.ts',
        '// unlike Date.now()',
        "'setTimeout'",
        'state.process(x)',
        'Math.max(1, 2)',
      ),
      ...inPath('impl/node/a.ts', 'const now = Date.now();'),
    ],
  },
  {
    name: 'servers and clients reach the world only through their platform',
    rule: rules.shellHasItsPlatform,
    bad: [
      ...inPath('impl/node/tcp/a.ts', "import { connect } from 'node:net';", "import tls from 'tls';"),
      ...inPath('impl/node/cluster/a.ts', "import { readFile } from 'node:fs/promises';", 'setImmediate(f)'),
      ...inPath('impl/node/server.ts', 'const now = performance.now();', 'new Date()', 'Math.random()'),
      ...inPath('impl/node/client/a.ts', "import { randomInt } from 'node:crypto';", 'clearTimeout(timer)'),
      ...inPath('impl/node/cluster/clusterFile.ts', "import { connect } from 'node:net';", 'Date.now()'),
    ],
    good: [
      ...inPath('impl/node/platform/a.ts', "import { connect } from 'node:net';", 'setTimeout(f, 1)'),
      ...inPath('impl/node/cluster/clusterFile.ts', "import { readFileSync } from 'node:fs';"),
      ...inPath('impl/node/a.ts', 'this.clock.now()', "import { X509Certificate } from 'node:crypto';"),
      ...inPath('impl/cli/a.ts', 'setTimeout(f, 1)'),
    ],
  },
  {
    name: 'no file switches the type checker off',
    rule: rules.typesAreHonest,
    bad: [
      ...inPath('impl/a.ts', 'let x: any;', 'const f = (x: Map<string, any>) => x;', 'type T = any[];'),
      ...inPath(
        'impl/a.ts',
        'x as unknown as T',
        'const y = f(x) as T;',
        'const y = {} as T;',
        '`${x as T}`',
      ),
      ...inPath(
        'impl/a.ts',
        'const y = [\n  1,\n] as number[];',
        'const y = list[0]!;',
        'f()!.x',
        'class A { x!: 1 }',
      ),
      ...inPath(
        'impl/a.ts',
        'enum Status { Normal }',
        'export const enum E {',
        '// @ts-ignore',
        '/* @ts-expect-error */',
      ),
      ...inPath('impl/a.ts', '// biome-ignore lint: because'),
    ],
    good: [
      ...inPath(
        'impl/a.ts',
        'const x = [1] as const;',
        "import { a as b } from './a.ts';",
        "import * as a from './a.ts';",
      ),
      ...inPath('impl/a.ts', "import {\n  a as b,\n  type C as D,\n} from './a.ts';", 'export { a as b };'),
      ...inPath(
        'impl/a.ts',
        '// any cast as such!',
        "'any as T'",
        '`as any`',
        'if (!x && a !== b) {}',
        'x != y',
      ),
      ...inPath('impl/a.ts', 'const r = /any as T!/;', '`${`as any`} as T`', 'const any = list.any(f);'),
    ],
  },
  {
    name: 'no default exports',
    rule: rules.exportsHaveNames,
    bad: inPath('models/a.ts', 'export default 1;', 'export { x as default };'),
    good: inPath('models/a.ts', 'export const x = 1;', "import x from 'y';", "'export default'"),
  },
  {
    name: 'no file has more than 350 lines',
    rule: rules.filesAreShort,
    bad: inPath('spec/a.ts', 'x\n'.repeat(351)),
    good: inPath('spec/a.ts', 'x\n'.repeat(350)),
  },
  {
    name: 'no test is skipped, focused, or made to assert nothing',
    rule: rules.testsRun,
    bad: [
      ...inPath('properties/a.test.ts', "it.skip('x', f);", "describe.only('x', f);", "test.todo('x');"),
      ...inPath(
        'properties/a.test.ts',
        "it.concurrent.skip.each([1])('x', f);",
        'expect(true).toBe(true);',
        'context.skip()',
      ),
    ],
    good: inPath(
      'properties/a.test.ts',
      "it('x', f);",
      '// it.skip(',
      'expect(trueValue)',
      'trace.skipped(1)',
    ),
  },
  {
    name: 'every export of spec/ and impl/ has a doc comment',
    rule: rules.exportsAreDocumented,
    bad: [
      ...inPath('spec/a.ts', 'export const x = 1;', '/* not a doc comment */\nexport type X = 1;'),
      ...inPath(
        'impl/a.ts',
        '/** x */\nconst x = 1;\nexport function f() {}',
        '// x\nexport abstract class A {}',
      ),
      ...inPath('impl/a.ts', '/** f */\nexport function f(): void;\nexport function g(): void {}'),
    ],
    good: [
      ...inPath('impl/a.ts', '/** x */\nexport const x = 1;', "export * from './b.ts';", 'const y = 1;'),
      ...inPath('impl/a.ts', '/** f */\nexport function f(): void;\nexport function f(x?: 1): void {}'),
      ...inPath('models/a.ts', 'export const x = 1;'),
    ],
  },
];

const sources = topFolders.flatMap(sourcesOf);

describe.each(cases)('project rule: $name', ({ rule, bad, good }) => {
  it('holds in every file', () => {
    expect(sources.flatMap(rule)).toEqual([]);
  });

  it.each(bad)('catches $text in $path', ({ path, text }) => {
    expect(rule(source(path, text))).not.toEqual([]);
  });

  it.each(good)('lets $text pass in $path', ({ path, text }) => {
    expect(rule(source(path, text))).toEqual([]);
  });
});

describe('project rules', () => {
  // A rule that reads no file holds in every file, and proves nothing.
  it.each(topFolders)('read files in %s/', (folder) => {
    expect(sourcesOf(folder)).not.toEqual([]);
  });
});
