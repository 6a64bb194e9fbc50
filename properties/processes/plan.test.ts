import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Chance } from '../../models/processes/chance.ts';
import type { Faults } from '../../models/processes/faults/faults.ts';
import { Nemesis } from '../../models/processes/faults/nemesis.ts';
import { areConnected, groupsOf, shapesFor } from '../../models/processes/faults/partitions.ts';
import {
  diskFaultKinds,
  type Fault,
  type FaultPlanOptions,
  faultKinds,
  planFaults,
} from '../../models/processes/faults/plan.ts';
import { VirtualClock } from './virtualNodes.ts';

const allKinds = [...faultKinds, ...diskFaultKinds];
const options: FaultPlanOptions = {
  seed: 1,
  kinds: allKinds,
  targets: ['one', 'minority', 'majority', 'all'],
  nodes: 5,
  interval: 1000,
  duration: 60_000,
};
const seeds = fc.integer();

const areApart = (one: Fault, other: Fault): boolean => one.until < other.from || other.until < one.from;
const follows = (one: Fault, other: Fault): boolean => one.until <= other.from || other.until <= one.from;

function pairsOf<T>(list: readonly T[]): readonly (readonly [T, T])[] {
  return list.flatMap((one, place) => list.slice(place + 1).map((other) => [one, other] as const));
}

describe('a plan of faults', () => {
  it('is the same for equal seeds and differs for different seeds', () => {
    const plans = [1, 1, 2, 3].map((seed) => JSON.stringify(planFaults({ ...options, seed })));
    expect(plans[0]).toBe(plans[1]);
    expect(new Set(plans).size).toBe(3);
  });

  it('ends every fault in time, and never overlaps two faults of one kind', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const plan = planFaults({ ...options, seed });
        for (const { from, until } of plan)
          expect([0 < from, from < until, until <= 60_000]).not.toContain(false);
        for (const kind of allKinds) {
          const ofKind = plan.filter((fault) => fault.kind === kind);
          expect(ofKind).not.toEqual([]);
          const isInOrder = kind === 'partition' ? follows : areApart;
          expect(pairsOf(ofKind).every(([one, other]) => isInOrder(one, other))).toBe(true);
        }
      }),
    );
  });

  it('never overlaps kills, pauses and disk faults on one node', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const plan = planFaults({ ...options, seed });
        for (const [one, other] of pairsOf(plan)) {
          if (one.kind === 'partition' || other.kind === 'partition' || areApart(one, other)) continue;
          expect(one.nodes.filter((node) => other.nodes.includes(node))).toEqual([]);
        }
      }),
    );
  });

  it('draws each kind of fault independently', () => {
    const beginnings = allKinds.map((kind) =>
      planFaults(options).flatMap((fault) => (fault.kind === kind ? [fault.from] : [])),
    );
    expect(new Set(beginnings.flat()).size).toBeGreaterThan(0.9 * beginnings.flat().length);
  });

  it('keeps the other faults unchanged when partitions are added', () => {
    const withAll = planFaults(options).filter(({ kind }) => kind !== 'partition');
    const without = allKinds.filter((kind) => kind !== 'partition');
    expect(planFaults({ ...options, kinds: without })).toEqual(withAll);
  });

  it.each([
    ['one', [1]],
    ['minority', [1, 2]],
    ['majority', [3, 4]],
    ['all', [5]],
  ] as const)('kills as many of five nodes as the target %s allows', (target, sizes) => {
    const plan = planFaults({ ...options, kinds: ['kill'], targets: [target], interval: 100 });
    const killed = plan.map((fault) => (fault.kind === 'kill' ? fault.nodes.length : 0));
    expect([...new Set(killed)].toSorted()).toEqual(sizes);
  });

  it('flips a bit of one disk at a time, each in another place', () => {
    const corrupted = planFaults({ ...options, kinds: ['bit-flip'], targets: ['all'], interval: 100 });
    const places = corrupted.map((fault) => (fault.kind === 'bit-flip' ? fault.at : -1));
    expect(corrupted.every((fault) => fault.kind === 'bit-flip' && fault.nodes.length === 1)).toBe(true);
    expect(places.every((at) => at >= 0 && at < 1) && new Set(places).size > 100).toBe(true);
  });

  it('draws short and long faults around the mean interval of each kind', () => {
    const plan = planFaults({ ...options, duration: 1_000_000, intervals: { kill: 300 } });
    const lengthsOf = (kind: Fault['kind']): readonly number[] =>
      plan.flatMap((fault) => (fault.kind === kind ? [fault.until - fault.from] : []));
    for (const [kind, interval] of [
      ['kill', 300],
      ['pause', 1000],
      ['partition', 1000],
    ] as const) {
      const lengths = lengthsOf(kind);
      const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
      expect(mean / interval).toBeCloseTo(1, 0);
      const shareBelow = (limit: number): number =>
        lengths.filter((length) => length < limit * interval).length / lengths.length;
      expect([shareBelow(0.2) > 0.1, shareBelow(2) < 0.95]).toEqual([true, true]);
    }
  });

  it('replaces some partitions at once and heals others', () => {
    const partitions = planFaults({ ...options, kinds: ['partition'], interval: 100 });
    const next = partitions.slice(1).map(({ from }, place) => from - (partitions[place]?.until ?? 0));
    expect(next.filter((gap) => gap === 0).length / next.length).toBeCloseTo(0.5, 0);
    expect(Math.max(...next)).toBeGreaterThan(100);
  });

  it('aims at the primary as often as the targets say', () => {
    const shareAimed = (...targets: FaultPlanOptions['targets']): number => {
      const plan = planFaults({ ...options, targets, interval: 100 });
      return plan.filter(({ primary }) => primary !== undefined).length / plan.length;
    };
    expect([shareAimed('primary'), shareAimed('one', 'minority')]).toEqual([1, 0]);
    expect(shareAimed('primary', 'one')).toBeCloseTo(0.5, 0);
    for (const fault of planFaults({ ...options, targets: ['primary'] })) {
      const hit = fault.kind === 'partition' ? fault.groups[0]?.[0] : fault.nodes[0];
      expect(fault.primary).toBe(hit);
    }
  });

  it('draws no partition for a single node', () => {
    expect(planFaults({ ...options, kinds: ['partition'], nodes: 1 })).toEqual([]);
  });
});

describe('a partition', () => {
  const sizes = [2, 3, 4, 5, 6, 7, 8, 9];
  const cases = sizes.flatMap((nodes) => shapesFor(nodes).map((shape) => ({ nodes, shape })));

  it.each(cases)(
    'of $nodes nodes with shape $shape leaves each node the expected number of connections',
    ({ nodes, shape }) => {
      const all = Array.from({ length: nodes }, (_, node) => node);
      const groups = groupsOf(shape, nodes, new Chance(7, 'groups'));
      const heard = all
        .map((node) => all.filter((other) => areConnected(groups, node, other)).length)
        .toSorted((one, other) => one - other);
      const half = Math.floor(nodes / 2);
      const expected = {
        halves: all.map((_, place) => (place < half ? half : nodes - half)),
        isolated: all.map((_, place) => (place === 0 ? 1 : nodes - 1)),
        bridge: [...all.slice(0, -1).map((_, place) => heardBeside(nodes, place)), nodes],
        ring: heard.map(() => heard[0]),
      };
      expect(heard).toEqual(expected[shape]);
      // In a ring, each node sees a majority and none sees all.
      if (shape === 'ring')
        expect([heard[0] ?? 0, heard[0] ?? nodes].map((n) => n > half && n < nodes)).toEqual([true, true]);
    },
  );

  /** The connections of a node that is not the bridge: its own side and the bridge. Nodes of the smaller side come first. */
  function heardBeside(nodes: number, place: number): number {
    const [larger, smaller] = [Math.floor(nodes / 2), nodes - 1 - Math.floor(nodes / 2)];
    return (place < smaller ? smaller : larger) + 1;
  }

  it('is drawn in every shape and with varying nodes', () => {
    const plan = planFaults({ ...options, kinds: ['partition'], interval: 200 });
    const shapes = plan.map((fault) => (fault.kind === 'partition' ? fault.shape : ''));
    expect([...new Set(shapes)].toSorted()).toEqual(['bridge', 'halves', 'isolated', 'ring']);
    expect(
      new Set(plan.map((fault) => JSON.stringify({ ...fault, from: 0, until: 0 }))).size,
    ).toBeGreaterThan(10);
  });
});

describe('the nemesis', () => {
  /** Faults that record the time and the name of each call. */
  function recording(
    clock: VirtualClock,
    busiest?: number,
  ): { readonly faults: Faults; readonly calls: readonly string[] } {
    const calls: string[] = [];
    const note = (name: string) => async (what?: unknown) => {
      calls.push([clock.now(), name, ...(what === undefined ? [] : [JSON.stringify(what)])].join(' '));
    };
    const faults = {
      nodes: { kill: note('kill'), restart: note('restart'), pause: note('pause'), resume: note('resume') },
      links: { partition: note('partition'), heal: note('heal'), busiest: () => busiest },
      disks: {
        fill: note('fill'),
        free: note('free'),
        tornWrite: note('tornWrite'),
        bitFlip: note('bitFlip'),
      },
    };
    return { faults, calls };
  }

  it('begins and ends each fault when it is due', async () => {
    const clock = new VirtualClock();
    const { faults, calls } = recording(clock);
    const plan: readonly Fault[] = [
      { kind: 'kill', nodes: [0, 2], from: 10, until: 30 },
      { kind: 'partition', shape: 'isolated', groups: [[0], [1, 2]], from: 20, until: 40 },
      { kind: 'pause', nodes: [0], from: 30, until: 50 },
    ];
    const nemesis = new Nemesis(plan, faults, clock);
    const recorded: string[] = [];
    await clock.pass(5);
    await clock.until(
      nemesis.run((f, value) => recorded.push(`${f} ${JSON.stringify(value)}`), new AbortController().signal),
    );
    // Times are the clock's: the plan began at 5. At equal times ends come before beginnings.
    expect(calls).toEqual([
      ...['15 kill 0', '15 kill 2', '25 partition [[0],[1,2]]'],
      ...['35 restart 0', '35 restart 2', '35 pause 0', '45 heal', '55 resume 0'],
    ]);
    expect(recorded.filter((_, place) => place % 2 === 0)).toEqual(
      recorded.filter((_, place) => place % 2 === 1),
    );
    expect(recorded.filter((_, place) => place % 2 === 0)).toEqual([
      ...['kill ["n0","n2"]', 'start-partition {"shape":"isolated","groups":[["n0"],["n1","n2"]]}'],
      ...['start ["n0","n2"]', 'pause ["n0"]', 'stop-partition null', 'resume ["n0"]'],
    ]);
    expect(nemesis.injected()).toEqual(
      plan.map((fault) => ({ fault, from: fault.from + 5, until: fault.until + 5 })),
    );
  });

  it('kills a node before it corrupts its disk, and restarts it afterwards', async () => {
    const clock = new VirtualClock();
    const { faults, calls } = recording(clock);
    const plan: readonly Fault[] = [
      { kind: 'torn-write', nodes: [0], at: 0.5, from: 10, until: 20 },
      { kind: 'bit-flip', nodes: [1], at: 0.5, from: 30, until: 40 },
      { kind: 'full', nodes: [2], at: 0.5, from: 50, until: 60 },
    ];
    const recorded: string[] = [];
    const record = (f: string): number => recorded.push(f);
    await clock.until(new Nemesis(plan, faults, clock).run(record, new AbortController().signal));
    expect(calls).toEqual([
      ...['10 kill 0', '10 tornWrite 0', '20 restart 0', '30 kill 1', '30 bitFlip 1', '40 restart 1'],
      ...['50 fill 2', '60 free 2'],
    ]);
    expect(new Set(recorded)).toEqual(new Set(['torn-write', 'start', 'bit-flip', 'full', 'free']));
  });

  /** The calls that carry out this plan while n2 is the primary. */
  async function callsFor(...plan: readonly Fault[]): Promise<readonly string[]> {
    const clock = new VirtualClock();
    const { faults, calls } = recording(clock, 2);
    await clock.until(new Nemesis(plan, faults, clock).run(() => {}, new AbortController().signal));
    return calls;
  }

  it('hits the node that is primary where the plan says so, and relieves the same node', async () => {
    expect(
      await callsFor(
        { kind: 'kill', nodes: [0], primary: 0, from: 10, until: 20 },
        { kind: 'partition', shape: 'isolated', groups: [[1], [0, 2]], primary: 1, from: 30, until: 40 },
        { kind: 'pause', nodes: [0], from: 50, until: 60 },
      ),
    ).toEqual([
      ...['10 kill 2', '20 restart 2', '30 partition [[2],[0,1]]', '40 heal', '50 pause 0', '60 resume 0'],
    ]);
  });

  it('spares a node that already suffers a fault in the place of another node', async () => {
    const calls = await callsFor(
      { kind: 'kill', nodes: [0], primary: 0, from: 10, until: 50 },
      { kind: 'pause', nodes: [1, 2], from: 20, until: 30 },
      { kind: 'pause', nodes: [2], from: 40, until: 60 },
    );
    expect(calls).toEqual(['10 kill 2', '20 pause 1', '30 resume 1', '50 restart 2']);
  });

  it('does not heal a partition that another one replaces', async () => {
    const parted = { kind: 'partition', shape: 'isolated' } as const;
    const calls = await callsFor(
      { ...parted, groups: [[0], [1, 2]], from: 10, until: 20 },
      { ...parted, groups: [[1], [0, 2]], from: 20, until: 30 },
      { ...parted, groups: [[2], [0, 1]], from: 40, until: 50 },
    );
    expect(calls).toEqual([
      ...['10 partition [[0],[1,2]]', '20 partition [[1],[0,2]]', '30 heal'],
      ...['40 partition [[2],[0,1]]', '50 heal'],
    ]);
  });

  it('stops when the signal aborts, and reports the faults still in effect', async () => {
    const clock = new VirtualClock();
    const { faults, calls } = recording(clock);
    const nemesis = new Nemesis([{ kind: 'kill', nodes: [1], from: 10, until: 30 }], faults, clock);
    const ending = new AbortController();
    clock.after(20, () => ending.abort(new Error('enough')));
    await expect(clock.until(nemesis.run(() => {}, ending.signal))).rejects.toThrow('enough');
    expect(calls).toEqual(['10 kill 1']);
    expect(nemesis.current()).toBe('kill n1');
  });
});
