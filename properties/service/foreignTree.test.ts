import { describe, expect, test, vi } from 'vitest';
import { configure, type Json, partsOf, Tree } from '../../impl/index.ts';
import { appliedProblem } from '../../impl/service/applied.ts';

// It loads a module a second time, and therefore stands apart from the tests that are bundled for generated mutants.
describe('a Tree of another copy of the package', () => {
  const plain = { validate: () => undefined, apply: () => ({ state: [], result: null }) };

  /** The same module, loaded again. */
  async function foreign(): Promise<Tree> {
    vi.resetModules();
    const copy = await import('../../impl/tree/tree.ts');
    return copy.Tree.empty<Json>().set('a', 1);
  }

  const words = 'a Tree of another copy of the package viewstamped: install one copy alone';

  test('is refused by name as the initial state, and as the state after an operation', async () => {
    const other = await foreign();
    expect(other).not.toBeInstanceOf(Tree);
    const service = { ...plain, initial: other, apply: () => ({ state: other, result: null }) };
    expect(() => configure(3, 'durable', service)).toThrow(`initial is ${words}`);
    expect(appliedProblem(service, { state: other, result: null })).toContain(`state is ${words}`);
  });

  test('is refused by name as a snapshot', async () => {
    const other = await foreign();
    const snapshots = { ...plain, initial: [], snapshot: () => other, restore: () => [] };
    expect(() => partsOf(snapshots, [])).toThrow(`snapshot returned ${words}`);
  });

  test('is told from a class of the same name', () => {
    class Oak {}
    Object.defineProperty(Oak, 'name', { value: 'Tree' });
    expect(() => configure(3, 'durable', { ...plain, initial: new Oak() })).toThrow(
      'initial is a Tree: make the Tree the whole state',
    );
  });
});
