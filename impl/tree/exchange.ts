import type { Json } from './json.ts';
import { Branch, childOf, deepest, Leaf, type Node, type TreeEntry, ways } from './node.ts';
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

/** A part of the JSON text of a leaf that is too large for a message. */
export interface LeafPiece {
  /** The path that was asked about, and the child of it that is the leaf. */
  readonly path: string;
  readonly way: number;
  /** Where the piece begins in the text, how many characters the whole text has, and the piece. */
  readonly from: number;
  readonly length: number;
  readonly text: string;
}

/** The differences in the parts that were asked about, in that order, as far as they fit. */
export interface TreeAnswer {
  readonly differences: readonly Difference[];
  /** Whether the last difference lacks some of its part. */
  readonly isCut: boolean;
  /** Given where the first entries that differ are too large for a message. The only difference is then empty, and cut. */
  readonly piece?: LeafPiece;
}

/** How much an answer may carry, in characters of JSON. */
export interface Room {
  /** For entries, if they are several. */
  readonly maxChars: number;
  /** For everything, as a message can carry no more. */
  readonly contentChars: number;
}

/** A third of the bytes that the answer to a question has besides entries. */
const charsPerAnswer = 60;

/** The question about the part at this path, from a replica that holds `tree`. */
export function questionAt(tree: Tree, path: string): TreeQuestion {
  const node = nodeAt(tree, path);
  const digests = Array.from({ length: ways }, (_, way) => childOf(node, path.length, way)?.digest ?? null);
  return { path, digests };
}

/**
 * The differences in these parts of the tree. Their entries have about `maxChars` characters of JSON together at
 * most, or are those of one leaf. Of a leaf that is too large for a message it is a piece, which begins at character `from` of
 * the leaf's text.
 */
export function answerTo(
  questions: readonly TreeQuestion[],
  tree: Tree,
  { maxChars, contentChars }: Room,
  from = 0,
): TreeAnswer {
  const differences: Difference[] = [];
  const most = contentChars - charsPerAnswer * questions.length;
  const usual = Math.min(maxChars, most);
  let left = usual;
  for (const { path, digests } of questions) {
    const node = nodeAt(tree, path);
    const difference: [number, readonly TreeEntry<Json>[] | null][] = [];
    differences.push(difference);
    for (const [way, theirs] of digests.entries()) {
      const own = childOf(node, path.length, way);
      if ((own?.digest ?? null) === theirs) continue;
      const isBelow = own instanceof Branch && (theirs !== null || own.weight > left);
      const weight = isBelow ? 0 : framing + (own?.weight ?? 0);
      if (weight > left && left < usual) return { differences, isCut: true };
      // The very first always leaves, in pieces if it must, so that every answer makes progress.
      if (weight > most && own instanceof Leaf)
        return { differences: [[]], isCut: true, piece: pieceOf(own, path, way, from, most) };
      difference.push([way, isBelow ? null : [...(own?.entries() ?? [])]]);
      left -= weight;
    }
  }
  return { differences, isCut: false };
}

function pieceOf(leaf: Leaf<Json>, path: string, way: number, from: number, most: number): LeafPiece {
  const { text } = leaf;
  const begin = from < text.length ? from : 0;
  const end = Math.min(begin + most, text.length);
  // Halves of surrogate pairs are lost where text is written as UTF-8.
  const isHalf = end < text.length && /[\ud800-\udbff]$/.test(text.slice(end - 1, end));
  return { path, way, from: begin, length: text.length, text: text.slice(begin, isHalf ? end - 1 : end) };
}

/** The entries of the leaf with this text, not validated; undefined if it is no JSON. */
export function leafEntries(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
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
