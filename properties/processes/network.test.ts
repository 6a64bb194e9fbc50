import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fate, LineNetwork } from '../../models/processes/lines/lineNetwork.ts';
import type { NetworkConditions } from '../../models/processes/network/networkConditions.ts';
import { VirtualClock } from './virtualNodes.ts';

const fair: NetworkConditions = { seed: 1, latency: 0, distribution: 'constant', loss: 0, duplication: 0 };

/** A network of three nodes, of which n2 is down, and all that arrives, as `time node line`. */
function networkIn(networkConditions: Partial<NetworkConditions>): {
  readonly clock: VirtualClock;
  readonly network: LineNetwork;
  readonly arrived: readonly string[];
  readonly journal: readonly (readonly [Fate, string])[];
} {
  const clock = new VirtualClock();
  const arrived: string[] = [];
  const journal: (readonly [Fate, string])[] = [];
  const deliver = (node: number, line: string): boolean => {
    if (node === 2) return false;
    arrived.push(`${clock.now()} n${node} ${line}`);
    return true;
  };
  const network = new LineNetwork({ ...fair, ...networkConditions }, clock, deliver, (fate, line) =>
    journal.push([fate, line]),
  );
  return { clock, network, arrived, journal };
}

describe('the network of nodes that speak lines', () => {
  it('delivers messages at once and in order by default', () => {
    const { network, arrived } = networkIn({});
    for (const line of ['a', 'b']) network.send(0, 1, line);
    expect(arrived).toEqual(['0 n1 a', '0 n1 b']);
  });

  it('keeps the order of messages with a constant latency', async () => {
    const { clock, network, arrived } = networkIn({ latency: 10 });
    network.send(0, 1, 'a');
    await clock.pass(5);
    network.send(0, 1, 'b');
    await clock.pass(20);
    expect(arrived).toEqual(['10 n1 a', '15 n1 b']);
  });

  it.each(['uniform', 'exponential'] as const)(
    'reorders messages with %s latencies',
    async (distribution) => {
      const { clock, network, arrived } = networkIn({ latency: 10, distribution });
      const lines = Array.from({ length: 2000 }, (_, number) => `${number}`);
      for (const line of lines) network.send(0, 1, line);
      await clock.pass(10_000);
      const order = arrived.map((text) => text.split(' ')[2]);
      expect(order).not.toEqual(lines);
      expect(order.toSorted()).toEqual(lines.toSorted());
      const times = arrived.map((text) => Number(text.split(' ')[0]));
      const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
      expect(mean).toBeGreaterThan(9);
      expect(mean).toBeLessThan(11);
      const most = Math.max(...times);
      if (distribution === 'uniform') expect(most).toBeLessThan(20);
      else expect(most).toBeGreaterThan(40);
    },
  );

  it('delivers most messages soon and some very late with Pareto latencies', async () => {
    const { clock, network, arrived } = networkIn({ latency: 10, distribution: 'pareto' });
    for (let number = 0; number < 10_000; number += 1) network.send(0, 1, `${number}`);
    await clock.pass(1_000_000);
    const times = arrived.map((text) => Number(text.split(' ')[0]));
    const shareBelow = (limit: number): number => times.filter((time) => time < limit).length / times.length;
    expect([shareBelow(1.9), shareBelow(5), shareBelow(100)].map((share) => share.toFixed(2))).toEqual([
      ...['0.00', expect.stringMatching(/0\.6[6-9]/), '0.99'],
    ]);
  });

  it('reports the node that sent the most to others lately', async () => {
    const { clock, network } = networkIn({});
    expect(network.busiest()).toBe(undefined);
    network.send(0, 1, 'a longer message');
    network.send(1, 0, 'word');
    // Messages to itself, to a node that is down and to a node behind a partition do not count.
    network.send(1, 1, 'an even longer message, twice');
    network.send(1, 2, 'an even longer message, twice');
    network.partition([[0], [1, 2]]);
    network.send(1, 0, 'an even longer message, twice');
    network.heal();
    expect(network.busiest()).toBe(0);
    await clock.pass(500);
    network.send(1, 0, 'word');
    expect(network.busiest()).toBe(1);
  });

  it('treats the k-th message of a link the same whatever other links carry', async () => {
    const networkConditions = {
      latency: 10,
      distribution: 'exponential',
      loss: 0.3,
      duplication: 0.3,
    } as const;
    const alone = networkIn(networkConditions);
    const among = networkIn(networkConditions);
    const other = networkIn({ ...networkConditions, seed: 2 });
    for (let number = 0; number < 50; number += 1) {
      among.network.send(1, 0, 'noise');
      for (const { network } of [alone, among, other]) network.send(0, 1, `${number}`);
    }
    for (const { clock } of [alone, among, other]) await clock.pass(10_000);
    const toSecond = among.arrived.filter((text) => !text.endsWith('noise'));
    expect(toSecond).toEqual(alone.arrived);
    expect(other.arrived).not.toEqual(alone.arrived);
    // The link in the other direction draws its own latencies and losses.
    const momentsAt = (node: string): readonly string[] =>
      among.arrived.filter((text) => text.includes(node)).map((text) => text.split(' ')[0] ?? '');
    expect(momentsAt('n0')).not.toEqual(momentsAt('n1'));
  });

  it('loses and duplicates messages at about the given rates', async () => {
    const { clock, network, journal } = networkIn({ loss: 0.2, duplication: 0.1 });
    for (let number = 0; number < 5000; number += 1) network.send(0, 1, `${number}`);
    await clock.pass(1);
    const { sent, lost, duplicated, delivered } = network.counts;
    expect(sent).toBe(5000);
    expect(lost / sent).toBeCloseTo(0.2, 1);
    expect(duplicated / (sent - lost)).toBeCloseTo(0.1, 1);
    expect(delivered).toBe(sent - lost + duplicated);
    expect(journal.filter(([fate]) => fate === 'lost')).toHaveLength(lost);
  });

  it('drops messages that arrive during a partition, whenever they were sent', async () => {
    const { clock, network, arrived } = networkIn({ latency: 10 });
    network.send(0, 1, 'before');
    await clock.pass(5);
    network.partition([[0], [1, 2]]);
    network.send(1, 1, 'to itself');
    await clock.pass(7);
    network.send(0, 1, 'during');
    network.heal();
    await clock.pass(20);
    expect(arrived).toEqual(['5 n1 to itself', '22 n1 during']);
    expect(network.counts.cut).toBe(1);
  });

  it('never loses, delays or duplicates a message of a node to itself', () => {
    const { network, arrived } = networkIn({ latency: 10, loss: 1, duplication: 1 });
    network.partition([[0], [1]]);
    network.send(0, 0, 'a');
    expect(arrived).toEqual(['0 n0 a']);
  });

  it('accounts for every message in its counts', async () => {
    const messages = fc.array(fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 2 }), fc.boolean()));
    await fc.assert(
      fc.asyncProperty(fc.integer(), messages, async (seed, sends) => {
        const { clock, network } = networkIn({
          seed,
          latency: 3,
          distribution: 'uniform',
          loss: 0.3,
          duplication: 0.3,
        });
        for (const [from, to, isParted] of sends) {
          if (isParted) network.partition([[0, 1], [2]]);
          else network.heal();
          network.send(from, to, 'x');
          await clock.pass(1);
        }
        await clock.pass(10);
        const { sent, lost, duplicated, delivered, cut, undelivered } = network.counts;
        expect(sent + duplicated).toBe(lost + delivered + cut + undelivered);
      }),
      { numRuns: 30 },
    );
  });
});
