import type { Json } from './json.ts';
import { Branch, childOf, deepest, type Node, type TreeEntry, ways } from './node.ts';
import type { Tree } from './tree.ts';

/**
 * How one tree is made equal to a remote one with much in common (VRR §5.1). The replica that lacks entries sends
 * digests of its own, a level at a time, and receives only the differences. The other side keeps no state, so any
 * replica with the same tree can give the next answer.
 */

/** A part of a tree, and the digests of what the asking replica holds there. */
export interface TreeQuestion {
  /** The path from the root to the part: a digit from 0 to f for each branch. */
  readonly path: string;
  /** By child: the digest of the subtree held there, or null for none. */
  readonly digests: readonly (string | null)[];
}

/**
 * The differences in a part, by child: all of its entries, or null if they are too many, or probably similar, and
 * must be asked about next. A child that is not named is equal.
 */
export type Difference = readonly (readonly [way: number, entries: readonly TreeEntry<Json>[] | null])[];

/** The differences in the parts that were asked about, in that order, as far as they fit. */
export interface TreeAnswer {
  readonly differences: readonly Difference[];
  /** Whether the last difference lacks some of its part. */
  readonly isCut: boolean;
}

/** The question about the part at this path, from a replica that holds `tree`. */
export function questionAt(tree: Tree, path: string): TreeQuestion {
  const node = nodeAt(tree, path);
  const digests = Array.from({ length: ways }, (_, way) => childOf(node, path.length, way)?.digest ?? null);
  return { path, digests };
}

/**
 * The differences in these parts of the tree. Their entries have about `maxChars` characters of JSON together at
 * most, or are those of one leaf.
 */
export function answerTo(questions: readonly TreeQuestion[], tree: Tree, maxChars: number): TreeAnswer {
  const differences: Difference[] = [];
  let left = maxChars;
  for (const { path, digests } of questions) {
    const node = nodeAt(tree, path);
    const difference: [number, readonly TreeEntry<Json>[] | null][] = [];
    differences.push(difference);
    for (const [way, theirs] of digests.entries()) {
      const own = childOf(node, path.length, way);
      if ((own?.digest ?? null) === theirs) continue;
      const isBelow = own instanceof Branch && (theirs !== null || own.weight > left);
      const weight = isBelow ? 0 : framing + (own?.weight ?? 0);
      // The very first always fits, so that every answer makes progress.
      if (weight > left && left < maxChars) return { differences, isCut: true };
      difference.push([way, isBelow ? null : [...(own?.entries() ?? [])]]);
      left -= weight;
    }
  }
  return { differences, isCut: false };
}

/** About the characters that name the child to which entries belong. */
const framing = 10;

/** The tree after applying the difference at this path. */
export function patched(tree: Tree, path: string, difference: Difference): Tree {
  const node = nodeAt(tree, path);
  let result = tree;
  for (const [way, entries] of difference) {
    if (entries === null) continue;
    for (const [name] of childOf(node, path.length, way)?.entries() ?? []) result = result.delete(name);
    for (const [name, value] of entries) result = result.set(name, value);
  }
  return result;
}

/** The paths that are left to ask about, after the answer to questions about these paths. */
export function pathsAfter(paths: readonly string[], { differences, isCut }: TreeAnswer): readonly string[] {
  // A part that was cut is asked about again as a whole. Its children would be named twice.
  const answered = isCut ? differences.slice(0, -1) : differences;
  const below = answered.flatMap((difference, index) =>
    difference.flatMap(([way, entries]) => (entries === null ? `${paths[index]}${way.toString(16)}` : [])),
  );
  return [...below, ...paths.slice(answered.length)];
}

function nodeAt(tree: Tree, path: string): Node<Json> | undefined {
  let node = tree.root;
  for (let depth = 0; depth < path.length && depth < deepest; depth++)
    node = childOf(node, depth, Number.parseInt(path[depth] ?? '', 16));
  return node;
}
