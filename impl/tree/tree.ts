import xxhash from 'xxhash-wasm';
import type { Json } from '../service/service.ts';

const { h64ToString } = await xxhash();

/** How many ways a branch divides: by four bits of a name's hash, the lowest first. */
export const ways = 16;
const bitsOfWay = 4;
/** Hashes have 32 bits, so that different ones part at this depth at last. */
export const deepest = 7;

/**
 * A persistent map from names to JSON values that knows a digest of itself and of each of its parts (Merkle, "A digital
 * signature based on a conventional encryption function", 1987): changing it leaves the old map valid and shares all
 * but the way to the change. Equal contents have equal digests, whichever way they came about. A digest is 64 bits: it
 * guards against damage and tells versions apart, and not against forgers. Digests are made when they are asked for, and
 * kept with the part.
 */
export class Tree<Value extends Json = Json> {
  private static readonly nothing = new Tree<never>(undefined);
  readonly root: Node<Value> | undefined;

  private constructor(root: Node<Value> | undefined) {
    this.root = root;
  }

  static empty<Value extends Json>(): Tree<Value> {
    return Tree.nothing;
  }

  /** The tree below this node, which must be a whole one's. */
  static of<Value extends Json>(root: Node<Value> | undefined): Tree<Value> {
    return root === undefined ? Tree.nothing : new Tree(root);
  }

  /** How many names there are. */
  get size(): number {
    return this.root?.size ?? 0;
  }

  /** 16 hexadecimal digits. */
  get digest(): string {
    return this.root === undefined ? digestOfNothing : this.root.digest;
  }

  get(name: string): Value | undefined {
    const hash = hashOf(name);
    let node = this.root;
    for (let depth = 0; node instanceof Branch; depth++) node = node.child(wayOf(hash, depth));
    return node?.get(name);
  }

  set(name: string, value: Value): Tree<Value> {
    const hash = hashOf(name);
    return new Tree(added(this.root, 0, new Leaf(hash, [[name, value]])));
  }

  /** The tree with all these names set. One change after the other would copy much again and again. */
  with(entries: Iterable<Entry<Value>>): Tree<Value> {
    const leaves = Array.from(entries, (entry) => new Leaf<Value>(hashOf(entry[0]), [entry]));
    return leaves.length === 0 ? this : new Tree(merged(this.root, 0, leaves));
  }

  delete(name: string): Tree<Value> {
    const root = removed(this.root, 0, hashOf(name), name);
    return root === this.root ? this : Tree.of(root);
  }

  /** All names with their values, in an order that depends on the names alone. */
  *entries(): Generator<Entry<Value>> {
    if (this.root !== undefined) yield* this.root.entries();
  }

  toJSON(): readonly Entry<Value>[] {
    return [...this.entries()];
  }
}

/** A name with its value. */
export type Entry<Value extends Json> = readonly [name: string, value: Value];

/** A part of a tree. */
export type Node<Value extends Json> = Leaf<Value> | Branch<Value>;

/** One name with its value; more only where all bits of their hashes agree. */
export class Leaf<Value extends Json> {
  readonly hash: number;
  /** Sorted by name. */
  private readonly held: readonly Entry<Value>[];
  private digested: string | undefined;
  private weighed: number | undefined;

  constructor(hash: number, held: readonly Entry<Value>[]) {
    this.hash = hash;
    this.held = held;
    this.digested = undefined;
    this.weighed = undefined;
  }

  get size(): number {
    return this.held.length;
  }

  get digest(): string {
    if (this.digested === undefined) this.examine();
    return this.digested ?? digestOfNothing;
  }

  /** How many characters the entries have, as JSON. */
  get weight(): number {
    if (this.weighed === undefined) this.examine();
    return this.weighed ?? 0;
  }

  get(name: string): Value | undefined {
    for (const [other, value] of this.held) if (other === name) return value;
    return undefined;
  }

  with(leaf: Leaf<Value>): Leaf<Value> {
    if (this.isOnly(leaf.held[0]?.[0]) && leaf.size === 1) return leaf;
    const names = new Set(leaf.held.map(([name]) => name));
    const held = [...this.held.filter(([name]) => !names.has(name)), ...leaf.held];
    return new Leaf(
      this.hash,
      held.toSorted(([one], [other]) => (one < other ? -1 : 1)),
    );
  }

  private isOnly(name: string | undefined): boolean {
    return this.held.length === 1 && this.held[0]?.[0] === name;
  }

  without(name: string): Leaf<Value> | undefined {
    const held = this.held.filter(([other]) => other !== name);
    if (held.length === this.held.length) return this;
    return held.length === 0 ? undefined : new Leaf(this.hash, held);
  }

  *entries(): Generator<Entry<Value>> {
    yield* this.held;
  }

  private examine(): void {
    const text = JSON.stringify(this.held);
    this.digested = h64ToString(text);
    this.weighed = text.length;
  }
}

/** Two names at least, divided by the bits of their hashes. */
export class Branch<Value extends Json> {
  /** Which of the ways there are, as bits. */
  private readonly present: number;
  private readonly children: readonly Node<Value>[];
  readonly size: number;
  private digested: string | undefined;
  private weighed: number | undefined;

  constructor(present: number, children: readonly Node<Value>[], size: number) {
    this.present = present;
    this.children = children;
    this.size = size;
    this.digested = undefined;
    this.weighed = undefined;
  }

  get digest(): string {
    this.digested ??= h64ToString(`${this.present}:${this.children.map(({ digest }) => digest).join('')}`);
    return this.digested;
  }

  /** How many characters the entries have, as JSON. */
  get weight(): number {
    this.weighed ??= this.children.reduce((sum, { weight }) => sum + weight, 0);
    return this.weighed;
  }

  child(way: number): Node<Value> | undefined {
    return this.present & (1 << way) ? this.children[this.placeOf(way)] : undefined;
  }

  /** The same with another child, or with none there. Yields a leaf if only that is left, and nothing if nothing is. */
  withChild(way: number, child: Node<Value> | undefined): Node<Value> | undefined {
    const bit = 1 << way;
    const place = this.placeOf(way);
    const old = this.present & bit ? this.children[place] : undefined;
    if (old === child) return this;
    const size = this.size - (old?.size ?? 0) + (child?.size ?? 0);
    if (child !== undefined && old !== undefined)
      return settled(new Branch(this.present, this.children.with(place, child), size));
    const children = [...this.children];
    if (child === undefined) children.splice(place, 1);
    else children.splice(place, 0, child);
    return settled(new Branch(this.present ^ bit, children, size));
  }

  /** One with a child for each way, or none there; it may be the only one, if it is a leaf. */
  withChildren(byWay: readonly (Node<Value> | undefined)[]): Node<Value> {
    let present = 0;
    let size = 0;
    const children: Node<Value>[] = [];
    for (const [way, child] of byWay.entries()) {
      if (child === undefined) continue;
      present |= 1 << way;
      size += child.size;
      children.push(child);
    }
    const branch = new Branch(present, children, size);
    return branch.onlyLeaf ?? branch;
  }

  /** The only child that there is, if it is a leaf. */
  get onlyLeaf(): Leaf<Value> | undefined {
    const [first] = this.children;
    return this.children.length === 1 && first instanceof Leaf ? first : undefined;
  }

  *entries(): Generator<Entry<Value>> {
    for (const child of this.children) yield* child.entries();
  }

  private placeOf(way: number): number {
    return bitCount(this.present & ((1 << way) - 1));
  }
}

const digestOfNothing = h64ToString('');

/** A leaf stands as high as it can, so that the shape depends on the names alone. */
function settled<Value extends Json>(branch: Branch<Value>): Node<Value> | undefined {
  return branch.size === 0 ? undefined : (branch.onlyLeaf ?? branch);
}

function added<Value extends Json>(
  node: Node<Value> | undefined,
  depth: number,
  leaf: Leaf<Value>,
): Node<Value> {
  if (node === undefined) return leaf;
  if (node instanceof Branch) {
    const way = wayOf(leaf.hash, depth);
    return node.withChild(way, added(node.child(way), depth + 1, leaf)) ?? leaf;
  }
  if (node.hash === leaf.hash) return node.with(leaf);
  const branch = new Branch<Value>(1 << wayOf(node.hash, depth), [node], node.size);
  return added(branch, depth, leaf);
}

/** Below this dividing the leaves first costs more than adding them one by one. */
const fewLeaves = 4;

/** The node with one leaf or more added, the later in place of the earlier. */
function merged<Value extends Json>(
  node: Node<Value> | undefined,
  depth: number,
  leaves: readonly Leaf<Value>[],
): Node<Value> {
  const [first, ...others] = leaves;
  if (first !== undefined && (leaves.length <= fewLeaves || depth > deepest || node instanceof Leaf))
    return others.reduce((sum, leaf) => added(sum, depth, leaf), added(node, depth, first));
  const parts = Array.from({ length: ways }, (): Leaf<Value>[] => []);
  for (const leaf of leaves) parts[wayOf(leaf.hash, depth)]?.push(leaf);
  const branch = node instanceof Branch ? node : new Branch<Value>(0, [], 0);
  return branch.withChildren(
    parts.map((part, way) => {
      const child = branch.child(way);
      return part.length === 0 ? child : merged(child, depth + 1, part);
    }),
  );
}

function removed<Value extends Json>(
  node: Node<Value> | undefined,
  depth: number,
  hash: number,
  name: string,
): Node<Value> | undefined {
  if (node === undefined) return undefined;
  if (node instanceof Leaf) return node.without(name);
  const way = wayOf(hash, depth);
  return node.withChild(way, removed(node.child(way), depth + 1, hash, name));
}

/** The child of any node at this depth: a leaf stands for a branch with nothing but itself. */
export function childOf<Value extends Json>(
  node: Node<Value> | undefined,
  depth: number,
  way: number,
): Node<Value> | undefined {
  if (node instanceof Branch) return node.child(way);
  return node !== undefined && wayOf(node.hash, depth) === way ? node : undefined;
}

/** 32-bit FNV-1a over the name's UTF-16 code units, stirred so that its lowest bits depend on all of them. */
function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index++)
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

function wayOf(hash: number, depth: number): number {
  return (hash >>> (depth * bitsOfWay)) & (ways - 1);
}

function bitCount(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count++;
  return count;
}
