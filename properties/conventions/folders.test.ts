import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../root.ts';
import { folderCircles, importsAgainst } from './folders.ts';
import { source, sourcesOf, topFolders } from './source.ts';

describe('folders that lie side by side', () => {
  it('import each other in one direction only', () => {
    expect(folderCircles(topFolders.flatMap(sourcesOf))).toEqual([]);
  });

  it('are caught when two import each other, if only for a type', () => {
    const circle = [
      source('models/hunt/a.ts', "import { b } from '../trace/b.ts';"),
      source('models/trace/deep/b.ts', "import type { a } from '../../hunt/a.ts';"),
    ];
    expect(folderCircles(circle)).toEqual([
      'models/hunt/a.ts makes models/hunt/ import models/trace/, which imports it back.',
      'models/trace/deep/b.ts makes models/trace/ import models/hunt/, which imports it back.',
    ]);
  });

  it('are caught when the circle has three folders', () => {
    const circle = ['a', 'b', 'c'].map((name, index) =>
      source(`impl/${name}/x.ts`, `export * from '../${['b', 'c', 'a'][index]}/x.ts';`),
    );
    expect(folderCircles(circle)).toHaveLength(3);
  });

  it('may be used by the files of the folder that holds them, in both directions', () => {
    const parent = [
      source('models/runs/run.ts', "import { b } from './commands/b.ts';"),
      source('models/runs/commands/b.ts', "import type { Run } from '../run.ts';"),
    ];
    expect(folderCircles(parent)).toEqual([]);
  });
});

describe('the folders of models/', () => {
  const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
  const order = [...page.matchAll(/^\| \[`\w+\/`\]\(\.\.\/models\/(\w+)\)/gm)].map(([, name = '']) => name);

  it('are all in the table of docs/architecture.md', () => {
    const folders = readdirSync(join(root, 'models'), { withFileTypes: true });
    const names = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect(order.toSorted()).toEqual(names.toSorted());
  });

  it('import only folders that stand above them in that table', () => {
    expect(importsAgainst(order, 'models', sourcesOf('models'))).toEqual([]);
  });

  it('are caught when one imports a folder that stands below it, or in no table', () => {
    const upwards = [
      source('models/trace/a.ts', "import { b } from '../hunt/b.ts';"),
      source('models/trace/c.ts', "import { d } from '../world/deep/d.ts';"),
      source('models/other/e.ts', "import { d } from '../world/d.ts';"),
    ];
    expect(importsAgainst(['world', 'trace', 'hunt'], 'models', upwards)).toEqual([
      'models/trace/a.ts makes models/trace/ import models/hunt/, which does not stand before it.',
      'models/other/e.ts makes models/other/ import models/world/, which does not stand before it.',
    ]);
  });
});
