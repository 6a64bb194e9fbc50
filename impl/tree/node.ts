import xxhash from 'xxhash-wasm';
import { freeze } from './frozen.ts';
import type { Json } from './json.ts';

const { h64Raw, h64ToString } = await xxhash();

/** The children of a branch: one for each value of four bits of a name's hash, the lowest bits first. */
export const ways = 16;
const bitsOfWay = 4;
/** Hashes have 32 bits, so different ones part at this depth at the latest. */
export const deepest = 7;

/** A name with its value. */
export type TreeEntry<Value extends Json> = readonly [name: string, value: Value];

/** A part of a tree. */
export type Node<Value extends Json> = Leaf<Value> | Branch<Value>;

/** The tree that may change its branches in place, because no other tree shares them. Undefined: no tree may. */
export type Owner = object | undefined;

/** The text of a leaf, from which its entries are read when they are first asked for. */
export interface LeafText<Value extends Json> {
  /** The number of entries. */
  readonly size: number;
  /** The number of characters. */
  readonly weight: number;
  /** In UTF-8. */
  readonly bytes: Uint8Array;
  readonly text: string;
  /** The entries, sorted by name: at least one. */
  entries(): readonly TreeEntry<Value>[];
}

/** A name with its value. Names with the same hash follow in `rest`, sorted. */
export class Leaf<Value extends Json> {
  readonly hash: number;
  private name: string;
  private value: Value | undefined;
  private rest: Leaf<Value> | undefined;
  private digested: string | undefined;
  private weighed: number | undefined;
  /** Name, value and rest, as long as they have not been read. */
  private unread: LeafText<Value> | undefined;

  constructor(hash: number, name: string, value: Value | undefined, rest?: Leaf<Value>) {
    this.hash = hash;
    this.name = name;
    this.value = freeze(value);
    this.rest = rest;
    this.digested = undefined;
    this.weighed = undefined;
    this.unread = undefined;
  }

  /** The leaf that has this hash and this text. */
  static ofText<Value extends Json>(hash: number, text: LeafText<Value>): Leaf<Value> {
    const leaf = new Leaf<Value>(hash, '', undefined);
    leaf.unread = text;
    return leaf;
  }

  get size(): number {
    return this.unread?.size ?? 1 + (this.rest?.size ?? 0);
  }

  get digest(): string {
    if (this.digested === undefined) this.examine();
    return this.digested ?? digestOfNothing;
  }

  /** The characters of the entries as JSON. */
  get weight(): number {
    if (this.weighed === undefined) this.examine();
    return this.weighed ?? 0;
  }

  get(name: string): Value | undefined {
    this.read();
    return name === this.name ? this.value : this.rest?.get(name);
  }

  /** With the name and value of another leaf of this hash. */
  with(leaf: Leaf<Value>): Leaf<Value> {
    this.read();
    const { hash, name, value, rest } = this;
    if (leaf.name === name) return rest === undefined ? leaf : new Leaf(hash, name, leaf.value, rest);
    if (leaf.name < name) return new Leaf(hash, leaf.name, leaf.value, this);
    return new Leaf(hash, name, value, rest?.with(leaf) ?? leaf);
  }

  without(name: string): Leaf<Value> | undefined {
    this.read();
    if (name === this.name) return this.rest;
    const rest = this.rest?.without(name);
    return rest === this.rest ? this : new Leaf(this.hash, this.name, this.value, rest);
  }

  *entries(): Generator<TreeEntry<Value>> {
    this.read();
    if (this.value !== undefined) yield [this.name, this.value];
    if (this.rest !== undefined) yield* this.rest.entries();
  }

  /** The entries as JSON. */
  get text(): string {
    const { name, value, rest, unread } = this;
    if (unread !== undefined) return unread.text;
    return JSON.stringify(rest === undefined ? [[name, value]] : [...this.entries()]);
  }

  private examine(): void {
    const { unread } = this;
    if (unread === undefined) {
      const { text } = this;
      this.digested = h64ToString(text);
      this.weighed = text.length;
    } else {
      this.digested = h64Raw(unread.bytes).toString(16).padStart(16, '0');
      this.weighed = unread.weight;
    }
  }

  private read(): void {
    const { unread } = this;
    if (unread === undefined) return;
    this.unread = undefined;
    const [[name, value] = ['', undefined], ...others] = unread.entries();
    this.name = name;
    this.value = freeze(value);
    for (const [next, its] of others.toReversed()) this.rest = new Leaf(this.hash, next, its, this.rest);
  }
}

/** Two names or more, divided by the bits of their hashes. */
export class Branch<Value extends Json> {
  /** The children that exist, as bits. */
  private present: number;
  private children: Node<Value>[];
  private readonly owner: Owner;
  private counted: number | undefined;
  private digested: string | undefined;
  private weighed: number | undefined;

  constructor(present: number, children: Node<Value>[], owner?: Owner) {
    this.present = present;
    this.children = children;
    this.owner = owner;
    this.counted = undefined;
    this.digested = undefined;
    this.weighed = undefined;
  }

  get size(): number {
    this.counted ??= this.children.reduce((sum, { size }) => sum + size, 0);
    return this.counted;
  }

  get digest(): string {
    this.digested ??= h64ToString(`${this.present}:${this.children.map(({ digest }) => digest).join('')}`);
    return this.digested;
  }

  /** The characters of the entries as JSON. */
  get weight(): number {
    this.weighed ??= this.children.reduce((sum, { weight }) => sum + weight, 0);
    return this.weighed;
  }

  child(way: number): Node<Value> | undefined {
    return this.present & (1 << way) ? this.children[this.placeOf(way)] : undefined;
  }

  /** With a leaf added, where this branch is at this depth. */
  with(leaf: Leaf<Value>, depth: number, owner: Owner): Branch<Value> {
    const way = wayOf(leaf.hash, depth);
    const place = this.placeOf(way);
    const branch = this.ownedBy(owner);
    if (this.present & (1 << way)) {
      const old = this.children[place];
      const child = added(old, depth + 1, leaf, owner);
      if (child !== old) branch.children[place] = child;
    } else {
      branch.children.splice(place, 0, leaf);
      branch.present |= 1 << way;
    }
    return branch;
  }

  /** With another child in place of this one, or with none. Yields a leaf if only that is left. */
  withChild(way: number, child: Node<Value> | undefined): Node<Value> {
    if (this.child(way) === child) return this;
    const place = this.placeOf(way);
    if (child === undefined) return settled(this.present & ~(1 << way), this.children.toSpliced(place, 1));
    return settled(this.present, this.children.with(place, child));
  }

  /** With these children, by way. Yields a leaf if there is only that. */
  withChildren(byWay: readonly (Node<Value> | undefined)[]): Node<Value> {
    let present = 0;
    const children: Node<Value>[] = [];
    for (const [way, child] of byWay.entries()) {
      if (child === undefined) continue;
      present |= 1 << way;
      children.push(child);
    }
    return settled(present, children);
  }

  *entries(): Generator<TreeEntry<Value>> {
    for (const child of this.children) yield* child.entries();
  }

  /**
   * This branch, if it belongs to the owner, or a copy that does. Its size and digest are forgotten, because it is
   * about to change.
   */
  private ownedBy(owner: Owner): Branch<Value> {
    if (owner === undefined || owner !== this.owner)
      return new Branch(this.present, this.children.slice(), owner);
    this.counted = undefined;
    this.digested = undefined;
    this.weighed = undefined;
    return this;
  }

  private placeOf(way: number): number {
    return bitCount(this.present & ((1 << way) - 1));
  }
}

/** The digest of an empty tree. */
export const digestOfNothing = h64ToString('');

/** A leaf stands as high as it can, so that the names alone determine the shape. */
function settled<Value extends Json>(present: number, children: Node<Value>[]): Node<Value> {
  const [first] = children;
  return children.length === 1 && first instanceof Leaf ? first : new Branch(present, children);
}

/** The node with a leaf added, in place of the leaf with its name. Branches of this owner change in place. */
export function added<Value extends Json>(
  node: Node<Value> | undefined,
  depth: number,
  leaf: Leaf<Value>,
  owner?: Owner,
): Node<Value> {
  if (node === undefined) return leaf;
  if (node instanceof Branch) return node.with(leaf, depth, owner);
  if (node.hash === leaf.hash) return node.with(leaf);
  return new Branch<Value>(1 << wayOf(node.hash, depth), [node], owner).with(leaf, depth, owner);
}

/** With no more leaves than this, adding them one by one is cheaper than dividing them first. */
const fewLeaves = 4;

/** The node with one leaf or more added. A later leaf replaces an earlier one of the same name. */
export function merged<Value extends Json>(
  node: Node<Value> | undefined,
  depth: number,
  leaves: readonly Leaf<Value>[],
): Node<Value> {
  const [first, ...others] = leaves;
  if (first !== undefined && (leaves.length <= fewLeaves || depth > deepest || node instanceof Leaf))
    return others.reduce((sum, leaf) => added(sum, depth, leaf), added(node, depth, first));
  const parts = Array.from({ length: ways }, (): Leaf<Value>[] => []);
  for (const leaf of leaves) parts[wayOf(leaf.hash, depth)]?.push(leaf);
  const branch = node instanceof Branch ? node : new Branch<Value>(0, []);
  return branch.withChildren(
    parts.map((part, way) => {
      const child = branch.child(way);
      return part.length === 0 ? child : merged(child, depth + 1, part);
    }),
  );
}

/** The node without this name, or the same node if it does not have it. */
export function removed<Value extends Json>(
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

/** The child of any node at this depth. A leaf counts as a branch that holds only itself. */
export function childOf<Value extends Json>(
  node: Node<Value> | undefined,
  depth: number,
  way: number,
): Node<Value> | undefined {
  if (node instanceof Branch) return node.child(way);
  return node !== undefined && wayOf(node.hash, depth) === way ? node : undefined;
}

/** 32-bit FNV-1a over the UTF-16 code units of the name, mixed so that its lowest bits depend on all of them. */
export function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index++)
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  // A signed 32-bit number is stored in place, and a larger one would be allocated.
  return hash ^ (hash >>> 13);
}

/** The child that holds names with this hash, at this depth. */
export function wayOf(hash: number, depth: number): number {
  return (hash >>> (depth * bitsOfWay)) & (ways - 1);
}

/** The number of bits set among the lowest 16: sums of two, four, eight bits at a time. */
function bitCount(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x5555);
  const fours = (pairs & 0x3333) + ((pairs >>> 2) & 0x3333);
  const eights = (fours + (fours >>> 4)) & 0x0f0f;
  return (eights + (eights >>> 8)) & 0x1f;
}
