import { describe, expect, it } from 'vitest';
import { folderCircles } from './folders.ts';
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
