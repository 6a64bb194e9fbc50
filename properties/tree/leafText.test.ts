import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Tree } from '../../impl/index.ts';
import { changesBetween } from '../../impl/tree/changes.ts';
import type { Json } from '../../impl/tree/json.ts';
import { Leaf, type LeafText, type TreeEntry } from '../../impl/tree/node.ts';
import { seed } from '../seed.ts';

/** The hashes of the first two constants agree in all bits. */
const name = fc.oneof(fc.integer({ min: 0, max: 30 }).map(String), fc.constantFrom('n3pvu', 'ne3ea', 'é'));
const value = fc.constantFrom<Json>(null, 'long', 'ä', { a: [1] });
const change = fc.record({ name, value: fc.option(value, { nil: undefined }) });

/** The same tree with leaves that are texts, and how many of these have been read. */
function asTexts(tree: Tree): { readonly unread: Tree; readonly reads: () => number } {
  let count = 0;
  const leaves = [...changesBetween(Tree.empty(), tree)].flatMap(([hash, leaf]) => {
    if (leaf === undefined) return [];
    const { size, text } = leaf;
    const entries = (): readonly TreeEntry<Json>[] => {
      count++;
      return [...leaf.entries()];
    };
    const source: LeafText<Json> = { size, text, weight: text.length, bytes: Buffer.from(text), entries };
    return [Leaf.ofText(hash, source)];
  });
  return { unread: Tree.ofLeaves(leaves), reads: () => count };
}

function changed(
  tree: Tree,
  changes: readonly { readonly name: string; readonly value?: Json | undefined }[],
): Tree {
  return changes.reduce(
    (sum, { name, value }) => (value === undefined ? sum.delete(name) : sum.set(name, value)),
    tree,
  );
}

test('A tree of leaves that are texts is the tree of their entries, before and after any changes', () => {
  fc.assert(
    fc.property(fc.array(change), fc.array(change), (first, then) => {
      const tree = changed(Tree.empty(), first);
      const { unread } = asTexts(tree);
      expect([unread.digest, unread.size, unread.root?.weight]).toEqual([
        tree.digest,
        tree.size,
        tree.root?.weight,
      ]);
      const [one, other] = [changed(tree, then), changed(unread, then)];
      expect([other.digest, other.size, other.root?.weight]).toEqual([
        one.digest,
        one.size,
        one.root?.weight,
      ]);
      for (const { name } of [...first, ...then]) expect(other.get(name)).toEqual(one.get(name));
      expect([...other]).toEqual([...one]);
      expect([...unread]).toEqual([...tree]);
    }),
    { seed, numRuns: 300 },
  );
});

test('The digest of a tree, its size and its texts read no text of a leaf; a value reads one, once', () => {
  const tree = Tree.empty().with(Array.from({ length: 100 }, (_, index) => [`key ${index}`, index] as const));
  const { unread, reads } = asTexts(tree);
  const textsOf = (each: Tree) => [...changesBetween(Tree.empty(), each)].map(([, leaf]) => leaf?.text);
  expect([unread.digest, unread.size, textsOf(unread)]).toEqual([tree.digest, 100, textsOf(tree)]);
  expect(reads()).toBe(0);
  expect([unread.get('key 7'), unread.get('key 7')]).toEqual([7, 7]);
  expect(reads()).toBe(1);
});
