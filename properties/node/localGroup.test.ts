import { describe, expect, test } from 'vitest';
import { configure, keyValueService } from '../../impl/index.ts';
import { NotExecutedError } from '../../impl/node/client/errors.ts';
import { LocalGroup } from '../../impl/node/localGroup.ts';
import { generousTimeout, until } from './servedGroup.ts';
import { inVirtualTime } from './virtualTime.ts';

const set = (key: string, value: string) => ({ type: 'set', key, value }) as const;
const get = (key: string) => ({ type: 'get', key }) as const;

describe.each(['durable', 'diskless'] as const)('a %s group in one process', (mode) => {
  test('survives the crash of each of its replicas in turn', () =>
    inVirtualTime(async () => {
      const group = new LocalGroup(configure(3, mode, keyValueService), 5);
      for (const number of [0, 1, 2, 0, 1, 2]) {
        await group.request(set('last', String(number)), { deadline: generousTimeout });
        group.crash(number);
        expect(await group.request(get('last'), { deadline: generousTimeout })).toBe(String(number));
        group.start(number);
        await until(() => group.replica(number)?.status === 'normal', 'the replica is normal again');
      }
      group.close();
    }));

  test('goes on without a replica that is cut off, and takes it in again', () =>
    inVirtualTime(async () => {
      const group = new LocalGroup(configure(3, mode, keyValueService), 5);
      await group.request(set('a', '1'), { deadline: generousTimeout });
      group.cut(0, true);
      await group.request(set('a', '2'), { deadline: generousTimeout });
      expect(group.replica(0)?.commitNumber).toBeLessThan(group.replica(1)?.commitNumber ?? 0);
      group.cut(0, false);
      await until(() => (group.replica(0)?.viewNumber ?? 0) > 0, 'it moves to the view of the others');
      expect(await group.request(get('a'), { deadline: generousTimeout })).toBe('2');
      group.close();
    }));
});

test('a watch of a group in one process tells each change once while replicas crash in turn, and ends with its signal', () =>
  inVirtualTime(async () => {
    const group = new LocalGroup(configure(3, 'durable', keyValueService), 5);
    const stop = new AbortController();
    const told: unknown[] = [];
    const watching = (async () => {
      for await (const { changes } of group.watch('a', {
        after: 0,
        signal: stop.signal,
        deadline: generousTimeout,
      }))
        told.push(...changes);
    })();
    const written = ['0', '1', '2', '3', '4', '5'].map((value) => set('a', value));
    for (const [index, operation] of written.entries()) {
      group.crash(index % 3);
      await group.request(operation, { deadline: generousTimeout });
      group.start(index % 3);
      await until(() => group.replica(index % 3)?.status === 'normal', 'the replica is normal again');
    }
    await until(() => told.length === written.length, 'all changes are told');
    expect(told).toEqual(written);
    stop.abort();
    await watching;
    const other = group.watch('a');
    await other.next();
    const next = other.next();
    group.close();
    await expect(next).rejects.toMatchObject({ name: 'WatchError', reason: 'closed' });
  }));

test('a request without a quorum rejects at its timeout, or when the group is closed', () =>
  inVirtualTime(async () => {
    const group = new LocalGroup(configure(3, 'durable', keyValueService), 5);
    group.crash(1);
    group.crash(2);
    await expect(group.request(set('a', '1'), { deadline: 100 })).rejects.toMatchObject({
      name: 'NotExecutedError',
      reason: 'deadline',
    });
    const answer = group.request(get('a'), { deadline: generousTimeout });
    group.close();
    await expect(answer).rejects.toMatchObject({ name: 'NotExecutedError', reason: 'closed' });
  }));

test.each<[string, readonly unknown[], string]>([
  ['no configuration', [], 'it was given no configuration'],
  ['a service in its place', [keyValueService, 50], 'new LocalGroup(configure(3, mode, service), tick)'],
  ['no tick', [configure(3, 'durable', keyValueService)], 'tick is undefined: give milliseconds'],
])('a local group says what is wrong with its arguments: %s', (_, args, words) => {
  expect(() => Reflect.construct(LocalGroup, args)).toThrow(words);
});

test('a request that is no JSON is rejected, and what is not is named', () =>
  inVirtualTime(async () => {
    const group = new LocalGroup(
      configure(1, 'durable', { ...keyValueService, validate: () => undefined }),
      5,
    );
    const request: unknown = Reflect.apply(group.request, group, [{ at: new Date(0) }]);
    await expect(request).rejects.toThrow('operation.at is a Date: use its milliseconds');
    await expect(request).rejects.toBeInstanceOf(NotExecutedError);
    group.close();
  }));
