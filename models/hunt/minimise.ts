/** Tries a list: yields what of it was really needed to fail in the same way, or undefined if it does not fail so. */
export type Attempt<Item> = (candidate: readonly Item[]) => readonly Item[] | undefined;

/**
 * A shorter list that still fails: no block, no single item and no pair can be left out of it. That does not make it
 * the shortest there is.
 */
export function minimise<Item>(failing: readonly Item[], attempt: Attempt<Item>): readonly Item[] {
  let current = failing;
  for (;;) {
    const shorter = withoutPairs(withoutBlocks(current, attempt), attempt);
    if (shorter.length >= current.length) return shorter;
    current = shorter;
  }
}

/** Leaves out blocks, from half the list down to single items, until nothing more can go. */
function withoutBlocks<Item>(failing: readonly Item[], attempt: Attempt<Item>): readonly Item[] {
  let current = failing;
  for (let size = Math.ceil(current.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    let start = current.length - size;
    while (start > -size) {
      const from = Math.max(0, start);
      const shorter = attempt([...current.slice(0, from), ...current.slice(start + size)]);
      if (shorter !== undefined && shorter.length < current.length) current = shorter;
      start = Math.min(start, current.length) - size;
    }
  }
  return current;
}

/** Leaves out pairs: two deliveries, say, of which neither can go alone. */
function withoutPairs<Item>(failing: readonly Item[], attempt: Attempt<Item>): readonly Item[] {
  let current = failing;
  for (let first = current.length - 2; first >= 0; first--) {
    for (let second = current.length - 1; second > first; second--) {
      const shorter = attempt(current.filter((_, index) => index !== first && index !== second));
      if (shorter === undefined || shorter.length >= current.length) continue;
      current = shorter;
      second = Math.min(second, current.length);
    }
  }
  return current;
}
