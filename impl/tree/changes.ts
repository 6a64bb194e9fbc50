import type { Json } from './json.ts';
import { Branch, childOf, type Leaf, type Node, ways } from './node.ts';
import type { Tree } from './tree.ts';

/** The hash of a leaf, with the leaf that it has after the change, or undefined if it has none. */
export type Change = readonly [hash: number, leaf: Leaf<Json> | undefined];

/**
 * The leaves in which two trees differ. Parts that the trees share, or that have equal digests, are skipped, so it
 * takes time in the changes.
 */
export function* changesBetween(before: Tree, after: Tree): Generator<Change> {
  yield* changesIn(before.root, after.root, 0);
}

type Part = Node<Json> | undefined;

function* changesIn(before: Part, after: Part, depth: number): Generator<Change> {
  if (before === after || before?.digest === after?.digest) return;
  if (before instanceof Branch || after instanceof Branch) {
    for (let way = 0; way < ways; way++)
      yield* changesIn(childOf(before, depth, way), childOf(after, depth, way), depth + 1);
    return;
  }
  if (before !== undefined && before.hash !== after?.hash) yield [before.hash, undefined];
  if (after !== undefined) yield [after.hash, after];
}
