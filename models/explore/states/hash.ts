/** A hash of 64 bits, as two numbers of 32. States with equal hashes count as equal, so collisions miss states. */
interface Hash {
  readonly low: number;
  readonly high: number;
}

/** Mixes every character into both halves by different multipliers, and finally each half into the other (after MurmurHash3). */
export function hashOf(text: string): Hash {
  let low = 0x9747b28c ^ text.length;
  let high = 0x3c6ef372 ^ text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0xcc9e2d51);
    low = (low << 15) | (low >>> 17);
    high = Math.imul(high ^ unit, 0x1b873593);
    high = (high << 13) | (high >>> 19);
  }
  const one = finished(low ^ Math.imul(high, 0xe6546b64));
  return { low: one, high: finished(high ^ Math.imul(one, 0x85ebca6b)) };
}

/** A mix in which every bit of the result depends on every bit of the number (MurmurHash3's finaliser). */
function finished(number: number): number {
  const once = Math.imul(number ^ (number >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return (twice ^ (twice >>> 16)) >>> 0;
}

/** How many of `states` distinct states are expected to share their hash with another one, and so to be missed. */
export function expectedCollisions(states: number): number {
  return (states * (states - 1)) / 2 ** 65;
}
