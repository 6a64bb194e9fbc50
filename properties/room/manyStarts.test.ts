import { expect, test } from 'vitest';
import { RoomGroup } from './roomGroup.ts';

const set = { type: 'set', key: 'a', value: 'b' };

test('a server of a group with the shortest frames is admitted after more starts than fit into one', async () => {
  const group = new RoomGroup(3, { connectionLimits: { frame: 4288, queue: 8192 } });
  group.startAll();
  expect(await group.request(set)).toBe('b');
  for (let start = 0; start < 120; start++) {
    group.start(2);
    await group.pass(0.3);
  }
  await group.pass(20);
  expect(group.ended(2)).toBeUndefined();
  expect(group.status(2)).toMatchObject({ status: 'normal' });
});
