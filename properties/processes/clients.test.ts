import { describe, expect, it } from 'vitest';
import type { Json } from '../../impl/index.ts';
import { Chance } from '../../models/processes/chance.ts';
import { NodeFailure } from '../../models/processes/nodes/nodeMessage.ts';
import { echo } from '../../models/processes/workload/echo.ts';
import { linKv, linKvTimeout } from '../../models/processes/workload/linKv.ts';
import type { WorkloadOperation } from '../../models/processes/workload/workload.ts';
import { calm, messageFrom, type SimulatedTest, simulated } from './simulatedTest.ts';
import { type RequestHandler, sharedRegisters } from './virtualNodes.ts';

const operations = operationsOf(200);

function operationsOf(count: number, seed = 1): readonly WorkloadOperation[] {
  const endless = linKv(2, 1000).operations(new Chance(seed, 'operations'))[Symbol.iterator]();
  return Array.from({ length: count }, () => endless.next().value);
}

function operationOf(f: string): WorkloadOperation {
  const found = operations.find((operation) => operation.f === f);
  if (found === undefined) throw new Error(`There is no ${f}.`);
  return found;
}

/** The outcomes of operations that are performed one after another. */
async function performed(
  answer: RequestHandler,
  operations: readonly WorkloadOperation[],
): Promise<SimulatedTest & { readonly outcomes: readonly unknown[] }> {
  const simulation = simulated(calm, answer);
  const outcomes: unknown[] = [];
  for (const operation of operations)
    outcomes.push(await simulation.clock.until(simulation.test.clients.perform(operation)));
  return { ...simulation, outcomes };
}

describe('the operations of lin-kv', () => {
  it('are equal for equal seeds and differ for different seeds', () => {
    const [one, same, other] = [1, 1, 2].map((seed) => JSON.stringify(operationsOf(50, seed)));
    expect(same).toBe(one);
    expect(other).not.toBe(one);
  });

  it('write consecutive values to each register, each value once', () => {
    for (const register of [0, 1]) {
      const written = operations.flatMap(({ request: { key, value, to } }) =>
        key === register && (value ?? to) !== undefined ? [value ?? to] : [],
      );
      expect(written.length).toBeGreaterThan(20);
      expect(written).toEqual(written.map((_, place) => place + 1));
    }
  });

  it('are reads in half of all cases', () => {
    const reads = operationsOf(2000).filter(({ f }) => f === 'read').length;
    expect(reads / 2000).toBeCloseTo(0.5, 1);
  });
});

describe('a client', () => {
  const failing =
    (code: Json): RequestHandler =>
    () => ({ type: 'error', code, text: 'no' });

  // Maelstrom's codes, an application's code (1000), and a code reserved by Maelstrom (999).
  it.each([
    ...[0, 13, 1000, 999].map((code) => [code, 'info'] as const),
    ...[1, 10, 11, 12, 14, 20, 21, 22, 30].map((code) => [code, 'fail'] as const),
  ])('takes error %i of a write for %s, and of a read for fail', async (code, type) => {
    const sequence = [operationOf('write'), operationOf('cas'), operationOf('read')];
    const { outcomes } = await performed(failing(code), sequence);
    // That there is no such key is what a read wants to know.
    const ofRead = code === 20 ? 'ok' : 'fail';
    expect(outcomes).toMatchObject([{ type }, { type }, { type: ofRead, value: operationOf('read').value }]);
    if (ofRead === 'fail') expect(outcomes).toMatchObject([{ error: [expect.any(String), 'no'] }, {}, {}]);
  });

  it('receives the results of its operations', async () => {
    const { outcomes } = await performed(sharedRegisters(), [
      ...[operationOf('read'), operationOf('write')],
      { ...operationOf('read'), request: operationOf('write').request },
    ]);
    const [key, value] = [operationOf('write').request.key, operationOf('write').request.value];
    expect(outcomes).toMatchObject([
      { type: 'ok', value: [0, null] },
      { type: 'ok', value: [key, value] },
      { type: 'ok' },
    ]);
  });

  it('waits for a second, and changes its process number after an unanswered write', async () => {
    const write = operationOf('write');
    const sequence = [write, operationOf('read'), write, write, operationOf('read')];
    const { clock, outcomes, test } = await performed(() => undefined, sequence);
    expect(outcomes.map((outcome) => JSON.stringify(outcome))).toEqual(
      sequence.map(({ f, value }) =>
        JSON.stringify({ type: f === 'read' ? 'fail' : 'info', value, error: 'net-timeout' }),
      ),
    );
    expect(clock.now()).toBe(5000);
    // Three clients take turns. After their writes the first and the third have new process numbers.
    const invoked = test.history.events.filter(({ type }) => type === 'invoke');
    expect(invoked.map(({ process }) => process)).toEqual([0, 1, 2, 3, 1]);
  });

  it('waits ten times the message latency, and at least a second', () => {
    expect([0, 50, 100, 250].map(linKvTimeout)).toEqual([1000, 1000, 1000, 2500]);
    expect(echo.timeout).toBe(5000);
  });

  it('fails at once if its node is down', async () => {
    const { clock, nodes, test } = simulated(calm, sharedRegisters());
    await nodes.kill(0);
    const outcome = await clock.until(test.clients.perform(operationOf('write')));
    expect(outcome).toMatchObject({ type: 'fail', error: 'node-down' });
    expect(clock.now()).toBe(0);
  });

  it('performs one operation at a time', async () => {
    const { clock, test } = simulated({ ...calm, concurrency: 2 }, sharedRegisters());
    const all = Array.from({ length: 6 }, () => test.clients.perform(operationOf('read')));
    await clock.until(Promise.all(all));
    const open = new Set<unknown>();
    for (const { process, type } of test.history.events) {
      if (type !== 'invoke') expect(open.delete(process)).toBe(true);
      else expect(open.add(process).size).toBeLessThanOrEqual(2);
      if (type === 'invoke') expect(open.has(process)).toBe(true);
    }
    // Six operations by two clients take three rounds of a millisecond each.
    expect(clock.now()).toBe(3);
  });

  it('ignores late answers and malformed ones', async () => {
    const { clock, environment, test } = simulated(calm, () => undefined);
    const first = test.clients.perform(operationOf('write'));
    await clock.until(first);
    await clock.until(test.clients.perform(operationOf('read')));
    await clock.until(test.clients.perform(operationOf('read')));
    const second = test.clients.perform(operationOf('write'));
    for (const body of [{ type: 'write_ok', in_reply_to: 1 }, { type: 'write_ok' }, 'write_ok', null])
      environment.receive(0, messageFrom('n0', 'c1', body));
    expect(test.history.events.at(-1)).toMatchObject({ type: 'invoke' });
    environment.receive(0, messageFrom('n0', 'c1', { type: 'write_ok', in_reply_to: 2 }));
    environment.receive(0, messageFrom('n0', 'c1', { type: 'write_ok', in_reply_to: 2 }));
    expect(await second).toMatchObject({ type: 'ok' });
    expect(test.history.events.filter(({ type }) => type === 'ok')).toHaveLength(1);
  });

  it.each([
    [{ type: 'read_ok' }, '"value" is missing'],
    [{ type: 'write_ok' }, '"type" must be read_ok'],
    [{}, '"type" is missing'],
    [{ type: 'error' }, '"code" is missing'],
    [{ type: 'error', code: 1.5 }, '"code" must be a whole number'],
    [{ type: 'error', code: 11, text: 7 }, '"text" must be a string'],
  ])('rejects the answer %j to a read', (body, message) => {
    const { environment, test } = simulated(calm, () => undefined);
    void test.clients.perform(operationOf('read'));
    const receive = (): void => environment.receive(0, messageFrom('n0', 'c1', { in_reply_to: 1, ...body }));
    expect(receive).toThrow(NodeFailure);
    expect(receive).toThrow(message);
  });
});
