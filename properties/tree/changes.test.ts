import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Tree } from '../../impl/index.ts';
import { changesBetween } from '../../impl/tree/changes.ts';

// The first two have the same hash, so that they share a leaf.
const names = fc.oneof(fc.constantFrom('name 449599', 'name 612382'), fc.string({ maxLength: 2 }));
const contents = fc.array(fc.tuple(names, fc.nat(3)), { maxLength: 60 });

/** The leaves of a tree by their hashes, as text. */
function leavesOf(tree: Tree): Map<number, string> {
  return new Map(
    [...changesBetween(Tree.empty(), tree)].map(([hash, leaf]) => [
      hash,
      JSON.stringify([...(leaf?.entries() ?? [])]),
    ]),
  );
}

test('the changes between two trees turn the one into the other, and are no more than needed', () => {
  fc.assert(
    fc.property(contents, contents, fc.boolean(), (before, more, doesShare) => {
      const one = Tree.empty().with(before);
      const other = (doesShare ? one : Tree.empty()).with(more);
      const leaves = leavesOf(one);
      for (const [hash, leaf] of changesBetween(one, other)) {
        const text = leaf === undefined ? undefined : JSON.stringify([...leaf.entries()]);
        expect(text).not.toEqual(leaves.get(hash));
        if (text === undefined) leaves.delete(hash);
        else leaves.set(hash, text);
      }
      const back = [...leaves.values()].flatMap((text) => JSON.parse(text));
      expect(Tree.empty().with(back).digest).toBe(other.digest);
    }),
  );
});

test('parts that two trees share are not compared', () => {
  const tree = Tree.empty().with(
    Array.from({ length: 5000 }, (_, index) => [`name ${index}`, index] as const),
  );
  const changed = tree.set('name 1', 0).delete('name 2');
  expect([...changesBetween(tree, changed)].length).toBe(2);
  expect([...changesBetween(tree, tree)]).toEqual([]);
});
