import type { Json } from './json.ts';
import { Branch, childOf, type Leaf, type Node, ways } from './node.ts';
import type { Tree } from './tree.ts';

/** The leaf at which this hash is now, or undefined if it is gone. */
export type Change = readonly [hash: number, leaf: Leaf<Json> | undefined];

/**
 * The leaves in which two trees differ. Parts that the trees share, or whose digests are equal, are not looked into: it takes
 * time in what has changed.
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
