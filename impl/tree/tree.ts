import type { Json } from './json.ts';
import {
  added,
  Branch,
  digestOfNothing,
  hashOf,
  Leaf,
  merged,
  type Node,
  type Owner,
  removed,
  type TreeEntry,
  wayOf,
} from './node.ts';

/**
 * A persistent map from names to JSON values, with a digest of itself and of each of its parts (Merkle, "A digital
 * signature based on a conventional encryption function", 1987). A change leaves the old map valid, and shares
 * everything but the path to the change.
 *
 * Equal contents have equal digests, whatever their history. A digest has 64 bits: it detects corruption and tells
 * versions apart, and does not stop forgers. Digests are computed when they are first asked for, and kept with the
 * part. A version whose digest is never asked for costs nothing, and the
 * next one costs the parts that have changed.
 *
 * The type of the values is JSON: a type literal fits (`type Account = { readonly sum: number }`), and an interface does not, because
 * it may get other members later. All Trees of a program are of one copy of this package.
 *
 * Values are frozen: a service that changes one in place would change every state that shares it, and the digest would not show it.
 *
 * As in immutable.js, a map made by `asMutable` changes in place until `asImmutable` is called on it.
 */
export class Tree<Value extends Json = Json> {
  private static readonly nothing = new Tree<never>(undefined);
  private top: Node<Value> | undefined;
  private owner: Owner;

  private constructor(top: Node<Value> | undefined, owner?: Owner) {
    this.top = top;
    this.owner = owner;
  }

  static empty<Value extends Json>(): Tree<Value> {
    return Tree.nothing;
  }

  /** The tree that has these leaves, each with another hash. */
  static ofLeaves<Value extends Json>(leaves: Iterable<Leaf<Value>>): Tree<Value> {
    const owner = {};
    let top: Node<Value> | undefined;
    for (const leaf of leaves) top = added(top, 0, leaf, owner);
    return top === undefined ? Tree.empty() : new Tree(top);
  }

  get root(): Node<Value> | undefined {
    return this.top;
  }

  /** The number of names. */
  get size(): number {
    return this.top?.size ?? 0;
  }

  /** 16 hexadecimal digits. */
  get digest(): string {
    return this.top === undefined ? digestOfNothing : this.top.digest;
  }

  get(name: string): Value | undefined {
    const hash = hashOf(name);
    let node = this.top;
    for (let depth = 0; node instanceof Branch; depth++) node = node.child(wayOf(hash, depth));
    return node?.get(name);
  }

  set(name: string, value: Value): Tree<Value> {
    return this.withRoot(added(this.top, 0, new Leaf(hashOf(name), name, value), this.owner));
  }

  /** The tree with all these names set. One change after another would copy the same branches repeatedly. */
  with(entries: Iterable<TreeEntry<Value>>): Tree<Value> {
    const leaves: Leaf<Value>[] = [];
    for (const [name, value] of entries) leaves.push(new Leaf<Value>(hashOf(name), name, value));
    return leaves.length === 0 ? this : this.withRoot(merged(this.top, 0, leaves));
  }

  delete(name: string): Tree<Value> {
    return this.withRoot(removed(this.top, 0, hashOf(name), name));
  }

  /** The same map, which may change in place. The original does not change. */
  asMutable(): Tree<Value> {
    return this.owner === undefined ? new Tree(this.top, {}) : this;
  }

  /** This map itself, which never changes again. */
  asImmutable(): Tree<Value> {
    this.owner = undefined;
    return this;
  }

  /** All names with their values, in an order that depends on the names alone. */
  *entries(): Generator<TreeEntry<Value>> {
    if (this.top !== undefined) yield* this.top.entries();
  }

  [Symbol.iterator](): Generator<TreeEntry<Value>> {
    return this.entries();
  }

  toJSON(): readonly TreeEntry<Value>[] {
    return [...this.entries()];
  }

  private withRoot(root: Node<Value> | undefined): Tree<Value> {
    if (this.owner !== undefined) {
      this.top = root;
      return this;
    }
    if (root === this.top) return this;
    return root === undefined ? Tree.nothing : new Tree(root);
  }
}
