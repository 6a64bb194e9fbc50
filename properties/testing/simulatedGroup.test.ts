import { describe, expect, test } from 'vitest';
import { type Json, keyValueService } from '../../impl/index.ts';
import { ExecutionFailedError, MaybeExecutedError } from '../../impl/node/client/errors.ts';
import { simulatedGroup } from '../../impl/testing/simulatedGroup.ts';
import { broken, counter } from '../service/broken.ts';

const add = (amount: number) => ({ type: 'add', amount }) as const;
const read = { type: 'read' } as const;

describe('a simulated group', () => {
  test('answers requests as time is advanced, and not before', async () => {
    const group = simulatedGroup({ service: counter });
    let answer: number | undefined;
    const requested = group.request(add(2)).then((sum) => {
      answer = sum;
    });
    await group.advance(0);
    expect(answer).toBeUndefined();
    await group.advance(1_000);
    expect([answer, group.now]).toEqual([2, 1_000]);
    await requested;
  });

  test('lets a program run that makes one request after the other, through crashes and cuts', async () => {
    const group = simulatedGroup({ service: counter, checkpointEvery: 2, seed: 3 });
    const sums = await group.run(async () => {
      const answers: number[] = [];
      for (let turn = 0; turn < 12; turn++) {
        group[turn % 2 === 0 ? 'crash' : 'cut'](turn % 3);
        answers.push(await group.request(add(1)));
        group.restart(turn % 3);
        group.heal();
      }
      return answers;
    });
    expect(sums).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    await group.advance(5_000);
    for (const number of [0, 1, 2])
      expect(group.replica(number)?.serviceState).toEqual({ sum: 12, adds: 12 });
  });

  test('does the same for the same seed, and something else for another', async () => {
    const times = async (seed: number): Promise<readonly number[]> => {
      const group = simulatedGroup({ service: counter, seed });
      return group.run(async () => {
        const seen: number[] = [];
        for (let turn = 0; turn < 8; turn++) {
          await group.request(add(1));
          seen.push(group.now);
        }
        return seen;
      });
    };
    expect(await times(1)).toEqual(await times(1));
    expect(await times(1)).not.toEqual(await times(2));
  });

  test('keeps what is durable, and goes on when a quorum is back', async () => {
    const group = simulatedGroup({ service: keyValueService });
    const set = (value: Json) => group.request({ type: 'set', key: 'a', value }, { deadline: 500 });
    expect(await group.run(() => set('1'))).toBe('1');
    for (const number of [0, 1, 2]) group.crash(number);
    await expect(group.run(() => set('2'))).rejects.toBeInstanceOf(MaybeExecutedError);
    for (const number of [0, 1]) group.restart(number);
    expect(await group.run(() => group.request({ type: 'get', key: 'a' }))).toMatch(/^[12]$/);
    expect(group.replica(2)).toBeUndefined();
    expect(() => group.crash(3)).toThrow('There is no replica 3');
  });

  test('executes the requests of each client in their order, and shows its time to the service', async () => {
    const clock = {
      ...counter,
      apply: (state: typeof counter.initial, _: Json, { time }: { time: number }) => ({
        state,
        result: time,
      }),
    };
    const group = simulatedGroup({ service: clock });
    await group.advance(5_000);
    const [first = 0, second = 0] = await group.run(() =>
      Promise.all([group.request(read), group.request(read, { client: 'bob' })]),
    );
    expect(first).toBeGreaterThanOrEqual(5_000);
    expect(second - first).toBeLessThan(100);
  });

  test('rejects with the reason where the service fails, and what waits for something outside', async () => {
    const [, throwing] = broken.find(([name]) => name === 'throws') ?? [];
    const group = simulatedGroup({ service: throwing ?? counter });
    const failed: unknown = await group.run(() => group.request(add(1))).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(ExecutionFailedError);
    expect(String(failed)).toContain('RangeError: too much');
    await expect(group.run(() => new Promise(() => undefined), 50)).rejects.toThrow('not done after 50 ms');
  });
});

test.each<[string, readonly unknown[], string]>([
  ['nothing', [], 'simulatedGroup({ service }): service is no service: it is undefined.'],
  ['a service itself', [counter], 'simulatedGroup({ service }): service is no service: it is undefined.'],
  ['no mode', [{ service: counter, mode: 'often' }], 'A group is durable or diskless, not often.'],
  ['too many replicas', [{ service: counter, replicas: 32 }], 'A group has 1 to 31 replicas, not 32.'],
])('a simulated group says what is wrong with its options: %s', (_, args, words) => {
  expect(() => Reflect.apply(simulatedGroup, undefined, args)).toThrow(words);
});
