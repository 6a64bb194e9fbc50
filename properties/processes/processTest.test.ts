import { describe, expect, it } from 'vitest';
import type { HistoryEvent } from '../../models/histories/events/event.ts';
import { historyAsEdn } from '../../models/histories/formats/edn.ts';
import { faultKinds, planFaults } from '../../models/processes/faults/plan.ts';
import { resultsOf } from '../../models/processes/results/results.ts';
import type { TestSettings } from '../../models/processes/test/settings.ts';
import { checkRegisters } from '../../models/processes/workload/checkRegisters.ts';
import { echo } from '../../models/processes/workload/echo.ts';
import { calm, completed, messageFrom, simulated } from './simulatedTest.ts';
import { type RequestHandler, sharedRegisters } from './virtualNodes.ts';

const faulty: TestSettings = {
  ...calm,
  plan: planFaults({
    ...{ seed: 3, kinds: faultKinds, targets: ['one', 'minority', 'majority', 'all'] },
    ...{ nodes: 3, interval: 800, duration: 10_000 },
  }),
};

const okOf = (history: readonly HistoryEvent[]): number => history.filter(({ type }) => type === 'ok').length;

describe('a test of processes', () => {
  it('has equal histories for equal seeds, and different ones for different seeds', async () => {
    const seeds = [1, 1, 2].map((seed) => ({ ...faulty, seed }));
    const tests = await Promise.all(seeds.map((settings) => completed(settings, sharedRegisters())));
    const [one, same, other] = tests.map(({ test }) => historyAsEdn(test.history.events));
    expect(same).toBe(one);
    expect(other).not.toBe(one);
  });

  it('performs the same operations in the same order, whenever its phases end', async () => {
    const durations = [300, 1700, 5100, 10_000];
    const tests = await Promise.all(
      durations.map((duration) => completed({ ...calm, duration }, sharedRegisters())),
    );
    const [longest, ...shorter] = tests
      .map(({ test }) => test.history.events.filter(({ type }) => type === 'invoke'))
      // Each register is read once more at the end.
      .map((invoked) => invoked.slice(0, -2).map(({ f, value }) => [f, value]))
      .toReversed();
    for (const operations of shorter) expect(operations).toEqual(longest?.slice(0, operations.length));
  });

  it('performs operations at about the given rate, and reads every register last', async () => {
    const { test } = await completed(calm, sharedRegisters());
    const clients = test.history.events;
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
    expect([test.hasRecovered, test.unanswered]).toEqual([true, []]);
  });

  it('records every fault twice, and leaves none in effect at the end', async () => {
    const { clock, nodes, test } = simulated(faulty, sharedRegisters());
    await clock.until(test.run(new AbortController().signal));
    const faultEvents = test.history.events.filter(({ process }) => process === 'nemesis');
    expect(faultEvents).toHaveLength(4 * faulty.plan.length);
    expect(new Set(faultEvents.map(({ f }) => f))).toEqual(
      new Set(['kill', 'start', 'pause', 'resume', 'start-partition', 'stop-partition']),
    );
    expect([nodes.down.size, nodes.paused.size, test.nemesis.current()]).toEqual([0, 0, '']);
    expect(okOf(test.history.events)).toBeGreaterThan(100);
  });

  it('is valid with correct registers and invalid with stale reads', async () => {
    const correct = await completed(faulty, sharedRegisters());
    expect(checkRegisters(correct.test.history.events).valid).toBe(true);
    const stale = await completed(faulty, staleRegisters());
    expect(checkRegisters(stale.test.history.events).valid).toBe(false);
  });

  it('ends at once when its signal aborts', async () => {
    const { clock, test, results } = simulated(calm, sharedRegisters());
    const ending = new AbortController();
    clock.after(1234, () => ending.abort(new Error('enough')));
    await expect(clock.until(test.run(ending.signal))).rejects.toThrow('enough');
    expect(clock.now()).toBe(1234);
    expect(await results(ending.signal.reason)).toMatchObject({
      ...{ valid: 'unknown', failure: 'enough' },
    });
  });

  it('forwards messages between nodes, and rejects unknown senders and receivers', () => {
    const { environment } = simulated(calm, () => undefined);
    environment.receive(0, messageFrom('n0', 'n1', { type: 'hello' }));
    expect(environment.network.counts).toMatchObject({ sent: 1, delivered: 1 });
    // A node may forward a request in the name of the client. It takes the node's link.
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

/** Registers of which the second node always answers reads with the first value that it read. */
function staleRegisters(): RequestHandler {
  const answer = sharedRegisters();
  const first = new Map<unknown, ReturnType<RequestHandler>>();
  return (body, node) => {
    const truth = answer(body, node);
    if (node !== 1 || body.type !== 'read') return truth;
    if (!first.has(body.key)) first.set(body.key, truth);
    return first.get(body.key);
  };
}

describe('the results of a test', () => {
  it('measure how long a fault kept the service from answering', async () => {
    const settings: TestSettings = {
      ...{ ...calm, rate: 300 },
      plan: [{ kind: 'kill', nodes: [0, 1, 2], from: 2000, until: 4000 }],
    };
    // A node takes 300 ms to start, and a millisecond to answer.
    const { test, results } = await completed(settings, sharedRegisters(), 300);
    const { faults, operations, latency, valid } = await results();
    expect(faults).toEqual([
      {
        ...{ fault: 'kill n0 n1 n2', from: 2000, until: 4000, okMeanwhile: 0 },
        ...{ untilAnyOk: expect.closeTo(305, -1), untilAllOk: expect.closeTo(330, -2), isDisturbed: false },
      },
    ]);
    expect(faults[0]?.untilAnyOk).toBeGreaterThan(300);
    expect(latency.read).toEqual({ median: 1, p95: 1, p99: 1, max: 1 });
    const counted = Object.values(operations).reduce(
      (sum, { ok, fail, info, open }) => sum + ok + fail + info + open,
      0,
    );
    expect(counted).toBe(test.history.events.filter(({ type }) => type === 'invoke').length);
    expect(operations.write?.fail).toBeGreaterThan(50);
    expect(valid).toBe(true);
  });

  it('mark outages that another fault may have lengthened', async () => {
    const settings: TestSettings = {
      ...{ ...calm, rate: 300 },
      plan: [
        { kind: 'kill', nodes: [0], from: 2000, until: 4000 },
        { kind: 'pause', nodes: [1], from: 4100, until: 5000 },
        { kind: 'pause', nodes: [1], from: 8000, until: 9000 },
      ],
    };
    const { results } = await completed(settings, sharedRegisters(), 300);
    const { faults } = await results();
    expect(faults.map(({ isDisturbed }) => isDisturbed)).toEqual([true, false, false]);
  });

  it('distinguish a node that never answers again from a service that does', async () => {
    const answer = sharedRegisters();
    const settings: TestSettings = {
      ...calm,
      plan: [{ kind: 'pause', nodes: [1, 2], from: 1000, until: 2000 }],
    };
    const { clock, nodes, test, results } = simulated(settings, (body, node) =>
      node === 2 && clock.now() > 1000 ? undefined : answer(body, node),
    );
    expect(nodes.paused.size).toBe(0);
    await clock.until(test.run(new AbortController().signal));
    const { faults } = await results();
    expect(faults).toMatchObject([{ untilAnyOk: expect.any(Number), untilAllOk: null }]);
    expect(test.hasRecovered).toBe(true);
  });

  it('are invalid after a rejected message, and name an incorrect history first', async () => {
    const { test, environment } = await completed(calm, sharedRegisters());
    const results = await resultsOf(test, environment, calm, undefined, ['n1: no', 'n2: never', 'n1: no']);
    expect(results).toMatchObject({
      valid: false,
      explanation: 'Nodes rejected messages that no correct node sends:\n  n1: no\n  n2: never',
    });
    const stale = await completed(faulty, staleRegisters());
    const { explanation } = await resultsOf(stale.test, stale.environment, faulty, undefined, ['n1: no']);
    expect(explanation).toContain('not linearizable');
  });

  it('are unknown for a service that never answers again', async () => {
    const answer = sharedRegisters();
    const { clock, test, results } = simulated(calm, (body, node) =>
      clock.now() < 5000 ? answer(body, node) : undefined,
    );
    await clock.until(test.run(new AbortController().signal));
    const { valid, explanation } = await results();
    expect([valid, explanation]).toEqual([
      'unknown',
      'No operation was answered ok after all faults had ended.',
    ]);
    expect(test.unanswered).toHaveLength(2);
    // Five seconds of recovery, five more for the final reads, and the timeouts of two operations.
    expect(clock.now()).toBeLessThan(10_000 + 5000 + 5000 + 2 * calm.workload.timeout);
  });

  it('are unknown for a service that never answers for one register', async () => {
    const answer = sharedRegisters();
    const { clock, test, results } = simulated(calm, (body, node) =>
      body.key === 1 ? undefined : answer(body, node),
    );
    await clock.until(test.run(new AbortController().signal));
    const { explanation } = await results();
    expect(explanation).toBe(
      'These operations were never answered ok after all faults had ended: read [1,null].',
    );
  });

  it.each([
    ['the same text', true, 'All'],
    ['another text', false, 'came back as "another text"'],
  ])('of echo with %s answered have validity %s', async (answered, valid, explanation) => {
    const settings = { ...calm, workload: echo };
    const { results } = await completed(settings, ({ echo: sent = null }) => ({
      type: 'echo_ok',
      echo: answered === 'the same text' ? sent : answered,
    }));
    expect(await results()).toMatchObject({ valid, explanation: expect.stringContaining(explanation) });
  });
});
