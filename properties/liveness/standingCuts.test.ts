import { describe, expect, test } from 'vitest';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';
import { ticksUntilServed } from '../../models/runs/liveness/standingCut.ts';
import { type Implementation, realImplementation } from '../../models/world/implementation.ts';
import { allLinks, type Link } from '../../models/world/links.ts';

/** Every set of these links. */
function setsOf(links: readonly (readonly Link[])[]): readonly (readonly Link[])[] {
  return Array.from({ length: 2 ** links.length }, (_, set) =>
    links.filter((_, index) => (set >>> index) & 1).flat(),
  );
}

const oneWay = (size: number) => setsOf(allLinks(size).map((link) => [link]));
const bothWays = (size: number) =>
  setsOf(
    allLinks(size)
      .filter(([from, to]) => from < to)
      .map(([from, to]) => [
        [from, to],
        [to, from],
      ]),
  );

/** The waits in the groups in which one replica exchanges messages with a quorum. */
function waits(
  replicas: number,
  cuts: readonly (readonly Link[])[],
  implementation: Implementation = realImplementation,
): readonly number[] {
  const setup = { replicas, mode: 'durable', clients: 1 } as const;
  return cuts.flatMap((cut) => ticksUntilServed(implementation, setup, cut) ?? []);
}

describe('a request is answered wherever one replica exchanges messages with a quorum', () => {
  test.each([
    ['any links of 3 replicas', 3, oneWay(3), 37, 12],
    ['pairs of links of 4 replicas', 4, bothWays(4), 54, 28],
    ['pairs of links of 5 replicas', 5, bothWays(5), 998, 124],
  ] as const)('whichever %s are cut for good', (_, replicas, cuts, connected, longest) => {
    const all = waits(replicas, cuts);
    expect(all).toHaveLength(connected);
    expect(Math.max(...all)).toBe(longest);
  });

  test.each([
    ['primary-needs-no-quorum', 3, oneWay(3)],
    ['calls-not-relayed', 4, bothWays(4)],
  ] as const)('and is not with the mutant %s', async (name, replicas, cuts) => {
    const implementation = await loadImplementation(mutantNamed(name));
    expect(waits(replicas, cuts, implementation)).toContain(Infinity);
  });
});
