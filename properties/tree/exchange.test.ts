import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  answerTo,
  type Json,
  patched,
  pathsAfter,
  questionAt,
  Tree,
  type TreeAnswer,
} from '../../impl/index.ts';
import { seed } from '../seed.ts';

/** A tree that is being made equal to others. */
class Exchange {
  tree: Tree;
  private paths: readonly string[] = [''];
  /** How many characters were received, how many the largest answer had, and how many answers there were. */
  received = 0;
  largest = 0;
  answers = 0;

  constructor(tree: Tree) {
    this.tree = tree;
  }

  /** Asks the holder of the other tree about so many parts, in answers of at most `maxChars`. Yields whether the exchange is over. */
  ask(other: Tree, maxChars: number, atOnce: number): boolean {
    const asked = this.paths.slice(0, atOnce);
    const questions = asked.map((path) => questionAt(this.tree, path));
    // Questions and answers travel as JSON.
    const text = JSON.stringify(
      answerTo(JSON.parse(JSON.stringify(questions)), other, { maxChars, contentChars: 1e6 }),
    );
    const answer: TreeAnswer = JSON.parse(text);
    for (const [index, difference] of answer.differences.entries())
      this.tree = patched(this.tree, asked[index] ?? '', difference);
    this.paths = [...pathsAfter(asked, answer), ...this.paths.slice(atOnce)];
    this.received += text.length;
    this.largest = Math.max(this.largest, text.length);
    this.answers++;
    return this.paths.length === 0;
  }

  finish(other: Tree, { maxChars = 50_000, atOnce = 200 } = {}): void {
    while (!this.ask(other, maxChars, atOnce)) expect(this.answers).toBeLessThan(10_000);
    expect(this.tree.digest).toBe(other.digest);
  }

  again(): void {
    this.paths = [''];
  }
}

function treeOf(entries: Iterable<readonly [string, Json]>): Tree {
  let tree = Tree.empty<Json>();
  for (const [name, value] of entries) tree = tree.set(name, value);
  return tree;
}

const contents = fc.array(fc.tuple(fc.integer({ min: 0, max: 300 }).map(String), fc.constantFrom('x', 'y')), {
  maxLength: 200,
});

const value = 'v'.repeat(500);

/** Made anew in each test: what throws in the body of a `describe` fails no test. */
function largeTree(): Tree {
  return treeOf(Array.from({ length: 20_000 }, (_, key) => [`key ${key}`, value] as const));
}

describe('an exchange', () => {
  test('makes any tree equal to any other', () => {
    fc.assert(
      fc.property(
        contents,
        contents,
        contents,
        fc.integer({ min: 1, max: 400 }),
        (common, own, other, maxChars) => {
          const exchange = new Exchange(treeOf([...common, ...own]));
          const theirs = treeOf([...common, ...other]);
          exchange.finish(theirs, { maxChars, atOnce: 3 });
          expect([...exchange.tree.entries()]).toEqual([...theirs.entries()]);
        },
      ),
      { seed, numRuns: 100 },
    );
  });

  test('of two equal trees takes one small answer', () => {
    const large = largeTree();
    const exchange = new Exchange(large);
    exchange.finish(large.set('x', 1).delete('x'));
    expect(exchange.answers).toBe(1);
    expect(exchange.received).toBeLessThan(100);
  });

  test('transfers little more than the difference, in small pieces', () => {
    const large = largeTree();
    const exchange = new Exchange(Tree.empty());
    exchange.finish(large);
    expect(exchange.received).toBeLessThan(1.05 * JSON.stringify(large).length);
    expect(exchange.largest).toBeLessThan(60_000);
  });

  test('transfers little more than the difference if every part differs a little', () => {
    const large = largeTree();
    let other = large;
    let different = 0;
    for (let key = 0; key < 20_000; key += 100) {
      other = other.set(`key ${key}`, `${value}!`);
      different += JSON.stringify([`key ${key}`, `${value}!`]).length;
    }
    const exchange = new Exchange(large);
    exchange.finish(other);
    expect(exchange.received).toBeLessThan(1.2 * different);
  });

  test('continues from a partial transfer, also if that is of another version', () => {
    const large = largeTree();
    const exchange = new Exchange(Tree.empty());
    for (let answer = 0; answer < 100; answer++) exchange.ask(large, 50_000, 200);
    expect(exchange.received).toBeGreaterThan(0.3 * JSON.stringify(large).length);
    const later = large.set('key 7', 'later').delete('key 8');
    exchange.again();
    exchange.finish(later);
    expect(exchange.received).toBeLessThan(1.1 * JSON.stringify(large).length);
  });
});
