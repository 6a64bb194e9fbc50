import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Tree } from '../../impl/index.ts';
import { seed } from '../seed.ts';

/** Few names, so that they meet again. The hashes of the first two constants agree in all bits. */
const name = fc.oneof(
  fc.integer({ min: 0, max: 60 }).map(String),
  fc.constantFrom('n3pvu', 'ne3ea', '', 'é', '\ud800', '__proto__'),
);
const change = fc.record({ name, value: fc.option(fc.jsonValue({ maxDepth: 1 }), { nil: undefined }) });

function treeOf(entries: Iterable<readonly [string, string]>): Tree<string> {
  let tree = Tree.empty<string>();
  for (const [key, value] of entries) tree = tree.set(key, value);
  return tree;
}

describe('a tree', () => {
  test('holds the contents of a map after the same changes, and leaves its earlier versions unchanged', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 120 }), (changes) => {
        const map = new Map<string, string>();
        let tree = Tree.empty<string>();
        for (const { name: key, value } of changes) {
          const before = [tree, tree.size, tree.get(key), tree.digest] as const;
          const text = JSON.stringify(value) ?? '';
          if (value === undefined) map.delete(key);
          else map.set(key, text);
          tree = value === undefined ? tree.delete(key) : tree.set(key, text);
          expect(tree.get(key)).toBe(map.get(key));
          expect(tree.size).toBe(map.size);
          expect([before[0], before[0].size, before[0].get(key), before[0].digest]).toEqual([...before]);
        }
        expect(new Map(tree.entries())).toEqual(map);
      }),
      { seed, numRuns: 200 },
    );
  });

  test('holds the same contents if it is changed in place, and leaves shared parts unchanged', () => {
    // After a third of the changes the tree is shared, sometimes after its digest was read.
    const moment = fc.constantFrom('shared', 'looked at', 'neither', 'neither');
    fc.assert(
      fc.property(fc.array(fc.tuple(change, moment), { maxLength: 120 }), (changes) => {
        const shared: [Tree<string>, Tree<string>][] = [];
        let [plain, quick] = [Tree.empty<string>(), Tree.empty<string>()];
        for (const [{ name: key, value }, then] of changes) {
          const text = JSON.stringify(value) ?? '';
          plain = value === undefined ? plain.delete(key) : plain.set(key, text);
          quick = value === undefined ? quick.asMutable().delete(key) : quick.asMutable().set(key, text);
          if (then === 'looked at') expect([quick.digest, quick.size]).toEqual([plain.digest, plain.size]);
          if (then === 'shared') shared.push([quick.asImmutable(), plain]);
        }
        for (const [one, other] of [...shared, [quick, plain] as const]) {
          expect([one.digest, one.size]).toEqual([other.digest, other.size]);
          expect([...one]).toEqual([...other]);
        }
      }),
      { seed, numRuns: 300 },
    );
  });

  test('is changed in place only between two moments: when that is allowed and when it is shared', () => {
    const tree = treeOf([['a', '1']]);
    expect(tree.set('b', '2')).not.toBe(tree);
    const quick = tree.asMutable();
    expect(quick.set('b', '2')).toBe(quick);
    expect(quick.with([['c', '3']]).delete('a')).toBe(quick);
    expect(quick.asMutable()).toBe(quick);
    expect([tree.toJSON(), new Map(quick)]).toEqual([
      [['a', '1']],
      new Map([
        ['b', '2'],
        ['c', '3'],
      ]),
    ]);
    expect(quick.asImmutable()).toBe(quick);
    expect(quick.set('d', '4')).not.toBe(quick);
    expect(quick.size).toBe(2);
  });

  test('has a digest and an order that depend on its contents alone', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { maxLength: 80 }),
        fc.array(name),
        fc.infiniteStream(fc.nat()),
        (names, others, random) => {
          const whole = treeOf(names.map((key) => [key, `value of ${key}`]));
          const order = names.map((key) => ({ key, place: random.next().value ?? 0 }));
          let again = treeOf(others.map((key) => [key, 'something else']));
          for (const { key } of order.toSorted((one, other) => one.place - other.place))
            again = again.set(key, `value of ${key}`);
          for (const key of others) if (!names.includes(key)) again = again.delete(key);
          expect(again.digest).toBe(whole.digest);
          expect([...again.entries()]).toEqual([...whole.entries()]);
        },
      ),
      { seed, numRuns: 200 },
    );
  });

  test('is the same after many changes at once as after one by one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, fc.string())),
        fc.array(fc.tuple(name, fc.string())),
        (old, entries) => {
          const before = treeOf(old);
          const one = entries.reduce((tree, [key, value]) => tree.set(key, value), before);
          const all = before.with(entries);
          expect([...all.entries()]).toEqual([...one.entries()]);
          expect([all.digest, all.size]).toEqual([one.digest, one.size]);
          expect(before.digest).toBe(treeOf(old).digest);
        },
      ),
      { seed, numRuns: 200 },
    );
    const many = Array.from({ length: 3000 }, (_, index) => [`k${index}`, 'x'] as const);
    const whole = Tree.empty<string>().with(many);
    expect([whole.digest, whole.size]).toEqual([treeOf(many).digest, 3000]);
  });

  test('has another digest if any content differs', () => {
    const digests = new Set([Tree.empty().digest]);
    let tree = Tree.empty<string>();
    for (let number = 0; number < 300; number++) {
      tree = tree.set(String(number), 'x');
      digests.add(tree.digest);
      digests.add(tree.set(String(number), 'y').digest);
      digests.add(tree.set(String(number >> 1), 'z').digest);
    }
    expect(digests.size).toBeGreaterThan(890);
  });

  test('is the same object if no key is deleted', () => {
    const tree = treeOf([
      ['a', '1'],
      ['b', '2'],
    ]);
    expect(tree.delete('c')).toBe(tree);
    expect(tree.delete('a').delete('b')).toBe(Tree.empty());
    // These two names have the same hash.
    const alone = treeOf([['n3pvu', '1']]);
    expect(alone.delete('ne3ea')).toBe(alone);
  });
});
