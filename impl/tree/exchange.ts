import type { Json } from './json.ts';
import { Branch, childOf, deepest, type Entry, type Node, ways } from './node.ts';
import type { Tree } from './tree.ts';

/**
 * How one tree is made equal to another that is elsewhere, when they may have much in common (VRR §5.1): whoever lacks
 * something sends digests of what it has, a level at a time, and gets back only what is different. Nothing is remembered
 * about this at the other end, so that any other who holds the same tree can give the next answer.
 */

/** A part of a tree, and what the one who asks has there. */
export interface Question {
  /** The way to the part from the root: a digit from 0 to f for each branch. */
  readonly path: string;
  /** By way: the digest of what is held there, or null for nothing. */
  readonly digests: readonly (string | null)[];
}

/**
 * What is different in a part, by way: all entries that are there, or null where they are too many or may be much the
 * same, and are to be asked about next. A way that is not named is equal.
 */
export type Difference = readonly (readonly [way: number, entries: readonly Entry<Json>[] | null])[];

/** The differences in the parts that were asked about, in that order, as far as there was room. */
export interface Answer {
  readonly differences: readonly Difference[];
  /** Whether the last of the differences is not all of that part's. */
  readonly isCut: boolean;
}

/** What one who has `tree` asks about the part at this path. */
export function questionAt(tree: Tree, path: string): Question {
  const node = nodeAt(tree, path);
  const digests = Array.from({ length: ways }, (_, way) => childOf(node, path.length, way)?.digest ?? null);
  return { path, digests };
}

/**
 * What is different in these parts of the tree. All entries together have about so many characters of JSON at most, or
 * are those of one leaf.
 */
export function answerTo(questions: readonly Question[], tree: Tree, maxChars: number): Answer {
  const differences: Difference[] = [];
  let left = maxChars;
  for (const { path, digests } of questions) {
    const node = nodeAt(tree, path);
    const difference: [number, readonly Entry<Json>[] | null][] = [];
    differences.push(difference);
    for (const [way, theirs] of digests.entries()) {
      const own = childOf(node, path.length, way);
      if ((own?.digest ?? null) === theirs) continue;
      const isBelow = own instanceof Branch && (theirs !== null || own.weight > left);
      const weight = isBelow ? 0 : framing + (own?.weight ?? 0);
      // The very first always finds room, so that each answer gets further.
      if (weight > left && left < maxChars) return { differences, isCut: true };
      difference.push([way, isBelow ? null : [...(own?.entries() ?? [])]]);
      left -= weight;
    }
  }
  return { differences, isCut: false };
}

/** About how many characters it takes to say to which way some entries belong. */
const framing = 10;

/** The tree with a difference at this path made good. */
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

/** The paths that are left to be asked about after the answer to questions about these paths. */
export function pathsAfter(paths: readonly string[], { differences, isCut }: Answer): readonly string[] {
  // What was cut is asked about again as a whole, and would name what is below it twice.
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
