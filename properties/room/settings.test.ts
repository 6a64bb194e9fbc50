import { describe, expect, test } from 'vitest';
import type { Cluster } from '../../impl/node/cluster/cluster.ts';
import { binaryCodec } from '../../impl/node/encoding/codec.ts';
import { RoomGroup } from './roomGroup.ts';

const set = (key: string, value: string) => ({ type: 'set', key, value });
const get = (key: string) => ({ type: 'get', key });

/** Writes so many values. */
async function write(group: RoomGroup, name: string, count: number): Promise<void> {
  for (let index = 0; index < count; index++)
    expect(await group.request(set(`${name}${index}`, `${name} ${index}`))).toBe(`${name} ${index}`);
}

const free: Partial<Cluster> = { limits: { pipeline: 5, maxChars: 900, checkpointEvery: 7 }, tick: 40 };

describe('a setting that a group does not keep', () => {
  test('changes by a rolling restart, server by server: all is served on, and the servers tell what differs', async () => {
    const group = new RoomGroup(3, { limits: { checkpointEvery: 10 } });
    group.startAll();
    await write(group, 'a', 25);
    for (const number of [0, 1, 2]) {
      group.start(number, free);
      await write(group, `b${number}.`, 25);
    }
    for (const number of [0, 1, 2]) group.start(number, free);
    for (const key of ['a24', 'b0.0', 'b1.24', 'b2.24'])
      expect(await group.request(get(key))).toMatch(key.replace(/\d+$/, ''));
    await group.pass(5);
    for (const number of [0, 1, 2])
      expect(group.status(number)).toMatchObject({ status: 'normal', checkpoint: expect.any(Number) });
    const told = group.lines(1).filter(({ msg }) => msg.includes('other settings'));
    expect(told[0]).toMatchObject({ level: 40, from: 0 });
    expect(told[0]?.settings).toContain('pipeline is 2 here, and 5 at replica 0; max_chars is 262144 here');
    expect(told.length).toBeLessThan(4);
  });

  test('changes by a restart of all', async () => {
    const group = new RoomGroup(3);
    group.startAll();
    await write(group, 'a', 3);
    group.startAll(free);
    expect(await group.request(get('a2'))).toBe('a 2');
    expect(group.lines(1).some(({ msg }) => msg.includes('other settings'))).toBe(false);
  });
});

describe('a setting that a group keeps', () => {
  const fixed: readonly (readonly [string, Partial<Cluster>, string])[] = [
    ['sessions', { limits: { sessions: 5 } }, 'sessions was 4096, and is 5.'],
    ['window', { limits: { window: 1 } }, 'window was 8, and is 1.'],
    [
      'frame_bytes',
      { connectionLimits: { frame: 65_536, queue: 2 ** 26 } },
      'frame_bytes was 1048576, and is 65536.',
    ],
    ['mode', { mode: 'diskless' }, 'mode was durable, and is diskless.'],
  ];

  test.each(fixed)(
    '%s is refused when it is changed on a group with data, which goes on when it is put back',
    async (...row) => {
      const [, changed, told] = row;
      const group = new RoomGroup(3);
      group.startAll();
      await write(group, 'a', 2);
      group.startAll(changed);
      await group.pass(2);
      for (const number of [0, 1, 2]) {
        expect(group.ended(number)).toContain(told);
        expect(group.ended(number)).toContain('write the former ones into the file of the cluster again');
      }
      group.startAll();
      expect(await group.request(get('a1'))).toBe('a 1');
    },
  );

  test.each<[string, Partial<Cluster>, string]>([
    [
      'mode',
      { mode: 'diskless' },
      'replica 2 is diskless, and this one durable: write the same mode into all files',
    ],
    [
      'codec',
      { codec: binaryCodec },
      'a frame of version 16 came, and this end speaks version 15: compare the codec',
    ],
  ])('%s that differs between new servers is named by them', async (_, other, told) => {
    const group = new RoomGroup(3);
    for (const number of [0, 1]) group.start(number);
    group.start(2, other);
    await group.pass(120);
    const lines = group.lines(0).filter(({ reason }) => reason?.includes(told));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThan(8);
  });

  test.each(fixed.slice(0, 3))(
    '%s that differs between new servers is named by them with both values, once and then counted',
    async (name, changed) => {
      const group = new RoomGroup(3);
      for (const number of [0, 1]) group.start(number);
      group.start(2, changed);
      await group.pass(120);
      const told = group.lines(0).filter((line) => line.reason?.includes(`${name} is `));
      expect(told.length).toBeGreaterThan(0);
      expect(told.length).toBeLessThan(8);
      expect(group.status(2)).toMatchObject({ status: 'bootstrapping' });
    },
  );
});
