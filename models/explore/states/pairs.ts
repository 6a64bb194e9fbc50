/** A map from pairs of whole numbers below 2³¹ to whole numbers below 2³¹, in typed arrays. */
export class Pairs {
  /** Three words a slot: the pair, and the value plus one, so that zero means empty. */
  private slots = new Uint32Array(3 << 6);
  private size = 0;

  /** The value of the pair, or −1 if it has none. */
  get(one: number, other: number): number {
    return (this.slots[this.slotOf(one, other) + 2] ?? 0) - 1;
  }

  /** Sets the value of the pair. */
  set(one: number, other: number, value: number): void {
    if (4 * this.size > this.slots.length) this.grow();
    const slot = this.slotOf(one, other);
    if (this.slots[slot + 2] === 0) this.size++;
    this.slots[slot] = one;
    this.slots[slot + 1] = other;
    this.slots[slot + 2] = value + 1;
  }

  /** The slot of the pair, or the empty slot in which it belongs. */
  private slotOf(one: number, other: number): number {
    const { slots } = this;
    const mask = slots.length / 3 - 1;
    let hash = Math.imul(one ^ Math.imul(other, 0x9e3779b1), 0x85ebca6b);
    hash ^= hash >>> 15;
    for (let index = hash & mask; ; index = (index + 1) & mask) {
      const slot = 3 * index;
      if (slots[slot + 2] === 0 || (slots[slot] === one && slots[slot + 1] === other)) return slot;
    }
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Uint32Array(2 * old.length);
    this.size = 0;
    for (let slot = 0; slot < old.length; slot += 3) {
      const value = old[slot + 2] ?? 0;
      if (value > 0) this.set(old[slot] ?? 0, old[slot + 1] ?? 0, value - 1);
    }
  }
}
