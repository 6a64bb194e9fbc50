import { describe, expect, test } from 'vitest';
import { clusterStatus } from '../../impl/node/client/clusterStatus.ts';
import { healthOf } from '../../impl/node/client/groupHealth.ts';
import { keyValueService } from '../../impl/service/keyValue.ts';
import { RoomGroup } from './roomGroup.ts';

const set = { type: 'set', key: 'a', value: 'b' };

/** What a server has logged about outages. */
function told(group: RoomGroup, number: number) {
  return group
    .lines(number)
    .filter(({ outage, msg }) => outage !== undefined || msg.includes('takes part again'));
}

/** A group of three that has answered a request. */
async function served(): Promise<RoomGroup> {
  const group = new RoomGroup(3);
  group.startAll();
  expect(await group.request(set)).toBe('b');
  return group;
}

describe('the log of a server', () => {
  test('tells which members of a new group it awaits, since when, once and then ever more rarely', async () => {
    const group = new RoomGroup(3);
    group.start(0);
    await group.pass(3_600);
    expect(told(group, 0)[0]).toMatchObject({
      ...{ level: 40, outage: 'founding', awaited: [1, 2] },
      msg: expect.stringMatching(
        /^for 2 s: The group is not founded.*all 3 servers must run at one time\. Awaited: replica 1 \(not reached for 2 s: ECONNREFUSED\), replica 2 \(not/,
      ),
    });
    expect(told(group, 0).length).toBeLessThan(8);
    expect(group.lines(0).length).toBeLessThan(40);

    group.start(1);
    await group.pass(5);
    expect(told(group, 0).at(-1)).toMatchObject({ outage: 'founding', awaited: [2] });
    group.start(2);
    await group.pass(5);
    expect(told(group, 0).at(-1)?.msg).toMatch(/^the replica takes part again, after 60 min/);
    expect(await group.request(set)).toBe('b');
  });

  test('tells that there is no majority, which replicas are awaited, and for how long they have not been reached', async () => {
    const group = await served();
    for (const number of [1, 2]) group.kill(number);
    await group.pass(600);
    const [first, ...later] = told(group, 0);
    expect(first).toMatchObject({ outage: 'no-majority', awaited: [1, 2] });
    expect(first?.msg).toContain(
      '2 of the 3 replicas must run with their data and reach each other, and this one finds 1',
    );
    expect(later.length).toBeLessThan(6);
    expect(later.at(-1)?.msg).toMatch(/^for 7 min: No majority.*replica 1 \(not reached for 7 min/);
    expect(group.lines(0).length).toBeLessThan(60);
    group.start(1);
    expect(await group.request(set)).toBe('b');
    await group.pass(5);
    expect(told(group, 0).at(-1)?.msg).toContain('takes part again, after 10 min');
  });

  test('says nothing of outages while one replica of three is down, or the view changes', async () => {
    const group = await served();
    group.kill(0);
    await group.pass(120);
    group.start(0);
    await group.pass(60);
    for (const number of [0, 1, 2]) expect(told(group, number)).toEqual([]);
  });

  test('of each server tells that two of three directories are lost, and a remedy that loses nothing', async () => {
    const group = await served();
    for (const number of [1, 2]) group.wipe(number);
    for (const number of [1, 2]) group.start(number);
    await group.pass(600);
    for (const number of [0, 1, 2]) {
      const [line] = told(group, number);
      expect(line).toMatchObject({ level: 40, outage: 'storage-lost' });
      expect(line?.msg).toContain(
        'Replicas 1 and 2 run without data of this group, and it survives the loss of 1 at a time',
      );
      expect(line?.msg).toContain(
        'whether --data names the directories that they had, and whether those disks are mounted',
      );
      expect(line?.msg).toContain('Keep every directory as it is');
      expect(line?.msg).not.toMatch(/wipe|delete|remove|empty/);
      expect(group.lines(number).length).toBeLessThan(60);
    }
  });

  test('tells that a replica with a lost directory awaits the others, and that it is over when they run', async () => {
    const group = await served();
    group.kill(1);
    group.wipe(2);
    group.start(2);
    await group.pass(30);
    expect(told(group, 2)[0]).toMatchObject({ outage: 'recovering', awaited: [0, 1] });
    expect(told(group, 2)[0]?.msg).toContain(
      'recovers from the others, of which 2 must be normal. Normal: 0.',
    );
    group.start(1);
    await group.pass(10);
    expect(told(group, 2).at(-1)?.msg).toContain('takes part again');
    expect(group.status(2)).toMatchObject({ status: 'normal' });
  });
});

describe('a directory that comes back', () => {
  test('brings the group back, after two of three directories were taken for lost', async () => {
    const group = await served();
    const away = [1, 2].map((number) => group.unmount(number));
    for (const number of [1, 2]) group.start(number);
    await group.pass(60);
    expect(await group.request(set, 1_000)).toBeInstanceOf(Error);
    for (const mount of away) mount();
    for (const number of [1, 2]) group.start(number);
    expect(await group.request({ type: 'get', key: 'a' })).toBe('b');
  });
});

describe('the status of a group', () => {
  const health = async (group: RoomGroup) =>
    healthOf(
      await group.atDesk((platform) => clusterStatus(group.cluster, keyValueService, 2_000, platform)),
    );

  test('is that it serves while a majority is normal in one view, and names the replica that is not', async () => {
    const group = await served();
    await group.pass(1);
    expect(await health(group)).toEqual({
      serves: true,
      sentences: ['The group serves: replicas 0, 1, 2 are normal in view 0.'],
    });
    group.kill(2);
    await group.pass(5);
    expect(await health(group)).toMatchObject({
      serves: true,
      sentences: ['The group serves: replicas 0, 1 are normal in view 0.', 'Replica 2: ECONNREFUSED.'],
    });
  });

  test('is that it does not serve without a majority, with what is needed, and since when', async () => {
    const group = await served();
    for (const number of [0, 1]) group.kill(number);
    await group.pass(30);
    const { serves, sentences } = await health(group);
    expect(serves).toBe(false);
    expect(sentences[0]).toBe(
      'The group does not serve: 0 of 3 replicas are normal in one view, and 2 are needed, the primary among them.',
    );
    expect(sentences[2]).toMatch(
      /^Replica 2, for (29|30) s: No majority: 2 of the 3.*Awaited: replica 0 \(not/,
    );
  });

  test('is that it does not serve after two of three directories were lost, with a remedy', async () => {
    const group = await served();
    for (const number of [1, 2]) group.wipe(number);
    for (const number of [1, 2]) group.start(number);
    await group.pass(30);
    const { serves, sentences } = await health(group);
    expect(serves).toBe(false);
    expect(sentences[1]).toMatch(
      /^Replicas? .*Replicas 1 and 2 run without data of this group.*Keep every directory/,
    );
  });
});

describe('the error of a client', () => {
  test('tells what keeps each replica from taking part', async () => {
    const group = await served();
    for (const number of [1, 2]) group.kill(number);
    await group.pass(20);
    const error = await group.request(set, 5_000);
    expect(String(error)).toContain('No majority: 2 of the 3 replicas must run with their data');
    expect(String(error)).toContain('Normal replicas: 0 of 3, and requests need 2.');
  });
});
