import { randomNumbers } from '../runs/schedules/random.ts';

/**
 * Tries a list: returns the items that were used if it fails in the same way, or undefined if it does not.
 */
export type Attempt<Item> = (candidate: readonly Item[]) => readonly Item[] | undefined;

/**
 * A shorter list that still fails. No block, no single item and no pair can be left out of it, nor any of the
 * larger sets that were tried at random. It need not be the shortest such list.
 */
export function minimise<Item>(failing: readonly Item[], attempt: Attempt<Item>): readonly Item[] {
  const passes = [withoutBlocks, withoutPairs, withoutSets] as const;
  let current = failing;
  let pass = 0;
  while (pass < passes.length) {
    const shorter = passes[pass]?.(current, attempt) ?? current;
    // After any success the cheapest pass comes next.
    pass = shorter.length < current.length && pass > 0 ? 0 : pass + 1;
    current = shorter;
  }
  return current;
}

/** Leaves out blocks, from half the list down to single items, until every item is needed. */
export function withoutBlocks<Item>(failing: readonly Item[], attempt: Attempt<Item>): readonly Item[] {
  let current = failing;
  for (let size = Math.ceil(current.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = current.length - size; start > -size; ) {
      const from = Math.max(0, start);
      const shorter = attempt([...current.slice(0, from), ...current.slice(start + size)]);
      if (shorter !== undefined && shorter.length < current.length) current = shorter;
      start = Math.min(start, current.length) - size;
    }
  }
  return current;
}

/** Leaves out pairs, such as two deliveries of which neither can be left out alone. */
function withoutPairs<Item>(failing: readonly Item[], attempt: Attempt<Item>): readonly Item[] {
  let current = failing;
  for (let first = current.length - 2; first >= 0; first--) {
    for (let second = current.length - 1; second > first; second--) {
      const shorter = attempt(current.filter((_, index) => index !== first && index !== second));
      if (shorter !== undefined && shorter.length < current.length) current = shorter;
    }
  }
  return current;
}

const setsTried = 400;

/**
 * Leaves out one set of three to eight items, chosen at random from a fixed seed. `minimise` calls it again
 * after a success.
 */
function withoutSets<Item>(failing: readonly Item[], attempt: Attempt<Item>): readonly Item[] {
  const random = randomNumbers(0x2545f491);
  for (let tried = 0; tried < setsTried && failing.length > 3; tried++) {
    const gone = new Set(Array.from({ length: 3 + (random() % 6) }, () => random() % failing.length));
    const shorter = attempt(failing.filter((_, index) => !gone.has(index)));
    if (shorter !== undefined && shorter.length < failing.length) return shorter;
  }
  return failing;
}
