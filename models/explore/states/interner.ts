import { hashOf } from './hash.ts';
import type { Renaming } from './renaming.ts';

/**
 * Gives every distinct item a number, from 0 in the order in which they come, and keeps its hash under every renaming.
 * Items are equal if their texts are; hashes do not decide that here.
 */
export class Interner<Item extends object> {
  /** By number. */
  readonly items: Item[] = [];
  /** Two words for each item and renaming: those of item n under renaming r are at 2 (n × renamings + r). */
  hashes = new Uint32Array(64);
  private readonly numbers = new Map<string, number>();
  private readonly known: WeakMap<Item, number>[] = [];
  /** By variant, then by an item's number: its number in that variant. */
  private readonly variants: number[][] = [];
  private readonly renamings: readonly Renaming[];
  private readonly textOf: (item: Item, renaming: Renaming, variant: number) => string;

  /** The texts must also differ from those of other kinds of items, because hashes of all kinds are added up. */
  constructor(
    renamings: readonly Renaming[],
    textOf: (item: Item, renaming: Renaming, variant: number) => string,
  ) {
    this.renamings = renamings;
    this.textOf = textOf;
  }

  /** The number of the item. Variants, from 0, may compare items by different texts. */
  numberOf(item: Item, variant = 0): number {
    this.known[variant] ??= new WeakMap();
    const known = this.known[variant];
    const found = known.get(item);
    if (found !== undefined) return found;
    const texts = this.renamings.map((renaming) => this.textOf(item, renaming, variant));
    const text = texts[0] ?? '';
    const number = this.numbers.get(text) ?? this.add(item, text, texts);
    known.set(item, number);
    return number;
  }

  /** The number in a variant of the item that has this number now. */
  inVariant(number: number, variant: number): number {
    this.variants[variant] ??= [];
    const known = this.variants[variant];
    known[number] ??= this.numberOf(this.at(number), variant);
    return known[number];
  }

  /** The item with this number. Throws a RangeError if there is none. */
  at(number: number): Item {
    const item = this.items[number];
    if (item === undefined) throw new RangeError(`There is no item ${number} among ${this.items.length}.`);
    return item;
  }

  private add(item: Item, text: string, texts: readonly string[]): number {
    const number = this.items.length;
    this.items.push(item);
    this.numbers.set(text, number);
    const start = 2 * number * this.renamings.length;
    if (start + 2 * this.renamings.length > this.hashes.length) {
      const grown = new Uint32Array(2 * this.hashes.length + 2 * this.renamings.length);
      grown.set(this.hashes);
      this.hashes = grown;
    }
    texts.forEach((one, index) => {
      const { low, high } = hashOf(one);
      this.hashes[start + 2 * index] = low;
      this.hashes[start + 2 * index + 1] = high;
    });
    return number;
  }
}
