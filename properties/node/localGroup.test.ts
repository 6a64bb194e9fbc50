import { describe, expect, test } from 'vitest';
import { configure, keyValueService } from '../../impl/index.ts';
import { ClosedError, TimeoutError } from '../../impl/node/client/errors.ts';
import { LocalGroup } from '../../impl/node/localGroup.ts';
import { until } from './servedGroup.ts';

const set = (key: string, value: string) => ({ type: 'set', key, value });
const get = (key: string) => ({ type: 'get', key });

describe.each(['durable', 'diskless'] as const)('a %s group in one process', (mode) => {
  test('survives the loss of each of its replicas in turn', async () => {
    const group = new LocalGroup(configure(3, mode, keyValueService), 5);
    for (const number of [0, 1, 2, 0, 1, 2]) {
      await group.request(set('last', String(number)), 20_000);
      group.crash(number);
      expect(await group.request(get('last'), 20_000)).toBe(String(number));
      group.start(number);
      await until(() => group.replica(number)?.status === 'normal', 'the replica is normal again');
    }
    group.close();
  });

  test('goes on without one that is cut off, and takes it in again', async () => {
    const group = new LocalGroup(configure(3, mode, keyValueService), 5);
    await group.request(set('a', '1'), 20_000);
    group.cut(0, true);
    await group.request(set('a', '2'), 20_000);
    expect(group.replica(0)?.commitNumber).toBeLessThan(group.replica(1)?.commitNumber ?? 0);
    group.cut(0, false);
    await until(() => (group.replica(0)?.viewNumber ?? 0) > 0, 'it moves to the view of the others');
    expect(await group.request(get('a'), 20_000)).toBe('2');
    group.close();
  });
});

test('without a quorum nothing is answered, and whoever asks is told in the end', async () => {
  const group = new LocalGroup(configure(3, 'durable', keyValueService), 5);
  group.crash(1);
  group.crash(2);
  await expect(group.request(set('a', '1'), 100)).rejects.toBeInstanceOf(TimeoutError);
  const asked = group.request(get('a'), 20_000);
  group.close();
  await expect(asked).rejects.toBeInstanceOf(ClosedError);
});
