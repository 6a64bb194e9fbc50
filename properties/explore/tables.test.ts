import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Origins } from '../../models/explore/search/origins.ts';
import { Queue } from '../../models/explore/search/queue.ts';
import { Visited } from '../../models/explore/search/visited.ts';
import { layout } from '../../models/explore/states/components.ts';
import { hashOf } from '../../models/explore/states/hash.ts';
import { Pairs } from '../../models/explore/states/pairs.ts';

const word = fc.integer({ min: 0, max: 2 ** 31 - 1 });

test('a map from pairs answers as a Map does', () => {
  const few = fc.integer({ min: 0, max: 40 });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.oneof(few, word), few, word), { maxLength: 400 }), (entries) => {
      const pairs = new Pairs();
      const map = new Map<string, number>();
      for (const [one, other, value] of entries) {
        pairs.set(one, other, value);
        map.set(`${one} ${other}`, value);
      }
      for (const [one, other] of entries) expect(pairs.get(one, other)).toBe(map.get(`${one} ${other}`));
      expect(pairs.get(41, 41)).toBe(-1);
    }),
    { numRuns: 100 },
  );
});

test('a set of hashes reports each as new once, zero included, and keeps all of them when it grows', () => {
  const hash = fc.tuple(fc.oneof(fc.constant(0), word), fc.oneof(fc.constant(0), word));
  fc.assert(
    // The set does not tell zero and one apart.
    fc.property(
      fc.array(
        hash.map(([low, high]) => [low * 2, high * 2] as const),
        { maxLength: 200 },
      ),
      (hashes) => {
        const small = new Visited(Visited.allocate(8));
        const set = new Set<string>();
        for (const [low, high] of hashes) {
          expect(small.insert(low, high)).toBe(!set.has(`${low | 0} ${high | 0}`));
          set.add(`${low | 0} ${high | 0}`);
        }
        const large = small.doubled();
        expect(large.table.filter((word, index) => index % 2 === 0 && word !== 0)).toHaveLength(set.size);
        for (const [low, high] of hashes) expect(large.insert(low, high)).toBe(false);
      },
    ),
    { numRuns: 100 },
  );
});

test('a queue yields the states in their order, and again from the first', () => {
  const queue = new Queue();
  expect(queue.read()).toBeUndefined();
  // More than one chunk holds.
  const sizes = Array.from({ length: 3000 }, (_, index) => 5 + (index % 300));
  for (const [index, size] of sizes.entries())
    queue.push(Uint32Array.from([size, index, ...Array(size - 2).fill(7)]));
  for (let round = 0; round < 2; round++) {
    for (const [index, size] of sizes.entries()) {
      const state = queue.read();
      expect([state?.[layout.size], state?.[1]]).toEqual([size, index]);
    }
    expect(queue.read()).toBeUndefined();
    queue.rewind();
  }
});

test('origins lead back to the root', () => {
  const origins = new Origins();
  origins.push(0, 0);
  const count = 1_100_000;
  for (let state = 1; state < count; state++)
    origins.push(Math.max(0, state - 1 - (state % 2)), state % 60_000);
  const path = origins.pathTo(count - 1);
  expect(path.at(-1)).toBe((count - 1) % 60_000);
  expect(path).toHaveLength(count / 2);
});

test('texts that differ in one letter have hashes that differ in many bits', () => {
  const bits = (number: number) => number.toString(2).replaceAll('0', '').length;
  let low = 0;
  let high = 0;
  for (let number = 0; number < 1000; number++) {
    const [one, other] = [hashOf(`state ${number}a`), hashOf(`state ${number}b`)];
    low += bits((one.low ^ other.low) >>> 0);
    high += bits((one.high ^ other.high) >>> 0);
  }
  // Sixteen of thirty-two on average, were they drawn at random.
  for (const flipped of [low, high]) expect(Math.abs(flipped / 1000 - 16)).toBeLessThan(1);
});
