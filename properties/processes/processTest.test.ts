import { describe, expect, it } from 'vitest';
import type { HistoryEvent } from '../../models/histories/events/event.ts';
import { historyAsEdn } from '../../models/histories/formats/edn.ts';
import { faultKinds, planFaults } from '../../models/processes/faults/plan.ts';
import { resultsOf } from '../../models/processes/results/results.ts';
import type { TestSettings } from '../../models/processes/test/settings.ts';
import { echo } from '../../models/processes/workload/echo.ts';
import { judgeRegisters } from '../../models/processes/workload/judgeRegisters.ts';
import { calm, messageFrom, settingOf, tried } from './simulatedTest.ts';
import { type Answer, sharedRegisters } from './virtualNodes.ts';

const stormy: TestSettings = {
  ...calm,
  plan: planFaults({
    ...{ seed: 3, kinds: faultKinds, targets: ['one', 'minority', 'majority', 'all'] },
    ...{ nodes: 3, interval: 800, duration: 10_000 },
  }),
};

const okOf = (history: readonly HistoryEvent[]): number => history.filter(({ type }) => type === 'ok').length;

describe('a test', () => {
  it('goes the same way for the same seed, and another way for another', async () => {
    const seeds = [1, 1, 2].map((seed) => ({ ...stormy, seed }));
    const trials = await Promise.all(seeds.map((settings) => tried(settings, sharedRegisters())));
    const [one, same, other] = trials.map(({ processTest }) => historyAsEdn(processTest.history.events));
    expect(same).toBe(one);
    expect(other).not.toBe(one);
  });

  it('has about as many operations as it was told, and reads every register last', async () => {
    const { processTest } = await tried(calm, sharedRegisters());
    const clients = processTest.history.events;
    expect(okOf(clients)).toBeGreaterThan(250);
    const begun = clients.filter(({ type, time }) => type === 'invoke' && time < 10e9);
    expect(begun.length / 500).toBeCloseTo(1, 1);
    expect(clients.slice(-4)).toMatchObject([
      { type: 'invoke', f: 'read', value: [0, null] },
      { type: 'ok', f: 'read', value: [0, expect.any(Number)] },
      { type: 'invoke', f: 'read', value: [1, null] },
      { type: 'ok', f: 'read', value: [1, expect.any(Number)] },
    ]);
    expect(clients.map(({ index }) => index)).toEqual(clients.map((_, place) => place));
    expect([processTest.hasRecovered, processTest.unanswered]).toEqual([true, []]);
  });

  it('notes down every fault twice, and leaves none when it is over', async () => {
    const { clock, nodes, processTest } = settingOf(stormy, sharedRegisters());
    await clock.until(processTest.run(new AbortController().signal));
    const told = processTest.history.events.filter(({ process }) => process === 'nemesis');
    expect(told).toHaveLength(4 * stormy.plan.length);
    expect(new Set(told.map(({ f }) => f))).toEqual(
      new Set(['kill', 'start', 'pause', 'resume', 'start-partition', 'stop-partition']),
    );
    expect([nodes.down.size, nodes.paused.size, processTest.nemesis.current()]).toEqual([0, 0, '']);
    expect(okOf(processTest.history.events)).toBeGreaterThan(100);
  });

  it('sees no contradiction where there is none, and one where reads are stale', async () => {
    const correct = await tried(stormy, sharedRegisters());
    expect(judgeRegisters(correct.processTest.history.events).valid).toBe(true);
    const stale = await tried(stormy, staleRegisters());
    expect(judgeRegisters(stale.processTest.history.events).valid).toBe(false);
  });

  it('ends at once when it is told to', async () => {
    const { clock, processTest, results } = settingOf(calm, sharedRegisters());
    const ending = new AbortController();
    clock.after(1234, () => ending.abort(new Error('enough')));
    await expect(clock.until(processTest.run(ending.signal))).rejects.toThrow('enough');
    expect(clock.now()).toBe(1234);
    expect(await results(ending.signal.reason)).toMatchObject({
      ...{ valid: 'unknown', failure: 'enough' },
    });
  });

  it('passes on messages between nodes, and none to nobody', () => {
    const { environment } = settingOf(calm, () => undefined);
    environment.receive(0, messageFrom('n0', 'n1', { type: 'hello' }));
    expect(environment.network.counts).toMatchObject({ sent: 1, delivered: 1 });
    // A node may pass on a request in the name of the client. The link is that of the node all the same.
    environment.network.partition([[0], [1, 2]]);
    environment.receive(0, messageFrom('c1', 'n1', { type: 'read', msg_id: 1, key: 0 }));
    expect(environment.network.counts).toMatchObject({ sent: 2, delivered: 1, cut: 1 });
    expect(() => environment.receive(0, messageFrom('n3', 'n1', {}))).toThrow(
      "n0 sent a message in the name of 'n3'",
    );
    for (const dest of ['n3', 'n-1', 'c0', 'c4', ''])
      expect(() => environment.receive(0, messageFrom('n0', dest, {}))).toThrow(
        `n0 sent a message to '${dest}'`,
      );
  });
});

/** The second node answers reads with the first value that it has ever read. */
function staleRegisters(): Answer {
  const answer = sharedRegisters();
  const first = new Map<unknown, ReturnType<Answer>>();
  return (body, node) => {
    const truth = answer(body, node);
    if (node !== 1 || body.type !== 'read') return truth;
    if (!first.has(body.key)) first.set(body.key, truth);
    return first.get(body.key);
  };
}

describe('the results', () => {
  it('say how long a fault kept the service from answering', async () => {
    const settings: TestSettings = {
      ...{ ...calm, rate: 300 },
      plan: [{ kind: 'kill', nodes: [0, 1, 2], from: 2000, until: 4000 }],
    };
    // A node takes 300 ms to start, and a millisecond to answer.
    const { processTest, results } = await tried(settings, sharedRegisters(), 300);
    const { faults, operations, latency, valid } = await results();
    expect(faults).toEqual([
      {
        ...{ fault: 'kill n0 n1 n2', from: 2000, until: 4000, okMeanwhile: 0 },
        ...{ untilAnyOk: expect.closeTo(305, -1), untilAllOk: expect.closeTo(330, -2), isDisturbed: false },
      },
    ]);
    expect(faults[0]?.untilAnyOk).toBeGreaterThan(300);
    expect(latency.read).toEqual({ median: 1, p95: 1, p99: 1, most: 1 });
    const counted = Object.values(operations).reduce(
      (sum, { ok, fail, info, open }) => sum + ok + fail + info + open,
      0,
    );
    expect(counted).toBe(processTest.history.events.filter(({ type }) => type === 'invoke').length);
    expect(operations.write?.fail).toBeGreaterThan(50);
    expect(valid).toBe(true);
  });

  it('say when another fault had its share in that', async () => {
    const settings: TestSettings = {
      ...{ ...calm, rate: 300 },
      plan: [
        { kind: 'kill', nodes: [0], from: 2000, until: 4000 },
        { kind: 'pause', nodes: [1], from: 4100, until: 5000 },
        { kind: 'pause', nodes: [1], from: 8000, until: 9000 },
      ],
    };
    const { results } = await tried(settings, sharedRegisters(), 300);
    const { faults } = await results();
    expect(faults.map(({ isDisturbed }) => isDisturbed)).toEqual([true, false, false]);
  });

  it('tell one node that does not come back from a service that does', async () => {
    const answer = sharedRegisters();
    const settings: TestSettings = {
      ...calm,
      plan: [{ kind: 'pause', nodes: [1, 2], from: 1000, until: 2000 }],
    };
    const { clock, nodes, processTest, results } = settingOf(settings, (body, node) =>
      node === 2 && clock.now() > 1000 ? undefined : answer(body, node),
    );
    expect(nodes.paused.size).toBe(0);
    await clock.until(processTest.run(new AbortController().signal));
    const { faults } = await results();
    expect(faults).toMatchObject([{ untilAnyOk: expect.any(Number), untilAllOk: null }]);
    expect(processTest.hasRecovered).toBe(true);
  });

  it('hold it against nodes what they themselves say cannot be, and a wrong history first', async () => {
    const { processTest, environment } = await tried(calm, sharedRegisters());
    const results = await resultsOf(processTest, environment, calm, undefined, [
      'n1: no',
      'n2: never',
      'n1: no',
    ]);
    expect(results).toMatchObject({
      valid: false,
      explanation: 'Nodes were sent what no correct node can have sent:\n  n1: no\n  n2: never',
    });
    const stale = await tried(stormy, staleRegisters());
    const { explanation } = await resultsOf(stale.processTest, stale.environment, stormy, undefined, [
      'n1: no',
    ]);
    expect(explanation).toContain('not linearizable');
  });

  it('know nothing of a service that never answers again', async () => {
    const answer = sharedRegisters();
    const { clock, processTest, results } = settingOf(calm, (body, node) =>
      clock.now() < 5000 ? answer(body, node) : undefined,
    );
    await clock.until(processTest.run(new AbortController().signal));
    const { valid, explanation } = await results();
    expect([valid, explanation]).toEqual([
      'unknown',
      'Nothing was answered any more when all faults had ended.',
    ]);
    expect(processTest.unanswered).toHaveLength(2);
    // Five seconds for somebody to answer, five more for the last reads, and what one of them takes.
    expect(clock.now()).toBeLessThan(10_000 + 5000 + 5000 + 2 * calm.workload.timeout);
  });

  it('know nothing of a service that keeps one register to itself', async () => {
    const answer = sharedRegisters();
    const { clock, processTest, results } = settingOf(calm, (body, node) =>
      body.key === 1 ? undefined : answer(body, node),
    );
    await clock.until(processTest.run(new AbortController().signal));
    const { explanation } = await results();
    expect(explanation).toBe('Nobody answered, when all faults had ended: read [1,null].');
  });

  it.each([
    ['what was said', true, 'All'],
    ['something else', false, 'came back as "something else"'],
  ])('of echo: what came back is %s, valid: %s', async (heard, valid, explanation) => {
    const settings = { ...calm, workload: echo };
    const { results } = await tried(settings, ({ echo: said = null }) => ({
      type: 'echo_ok',
      echo: heard === 'what was said' ? said : heard,
    }));
    expect(await results()).toMatchObject({ valid, explanation: expect.stringContaining(explanation) });
  });
});
