import { randomNumbers } from '../runs/schedules/random.ts';

/**
 * A stream of random numbers, the same for the same seed and stream name. Streams are independent: more draws from one
 * change nothing in another.
 */
export class Chance {
  private readonly draw: () => number;

  constructor(seed: number, stream: string) {
    this.draw = randomNumbers(mixed(seed, stream));
  }

  /** A number from 0 up to, but not including, 1. */
  fraction(): number {
    return this.draw() / 2 ** 31;
  }

  /** A whole number from 0 to `limit` − 1. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  pick<T>(list: readonly [T, ...T[]]): T {
    return list[this.below(list.length)] ?? list[0];
  }

  /** The elements in random order (Fisher and Yates). */
  shuffled<T>(list: readonly T[]): readonly T[] {
    const rest = [...list];
    return list.flatMap(() => rest.splice(this.below(rest.length), 1));
  }
}

/** Maps a random fraction from [0, 1) to an exponentially distributed number of this mean: many are short, some long. */
export function exponential(mean: number, fraction: number): number {
  return -mean * Math.log(1 - fraction);
}

/** Hashes seed and stream name (FNV-1a, then Murmur's finalizer): unhashed, neighbouring seeds begin with similar numbers. */
function mixed(seed: number, stream: string): number {
  let hash = seed ^ 0x811c9dc5;
  for (const character of stream) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
