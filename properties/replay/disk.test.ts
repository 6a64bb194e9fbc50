import { expect, test } from 'vitest';
import { disabledReason, enabled } from '../../models/world/enabled.ts';
import { type EventRecord, eventOf } from '../../models/world/event.ts';
import { realImplementation } from '../../models/world/implementation.ts';
import { perform } from '../../models/world/perform.ts';
import { createWorld, type World } from '../../models/world/world.ts';
import { deliver } from './exampleTrace.ts';

/** Two requests have reached the primary, and both PREPAREs one backup, whose disk holds neither entry yet. */
const twoWrites: World = [
  { type: 'request', client: 0 } as const,
  { type: 'request', client: 1 } as const,
  deliver('REQUEST c0/0 s1 c0→r0'),
  deliver('REQUEST c1/0 s1 c1→r0'),
  deliver('PREPARE v0 n1 r0→r1'),
  deliver('PREPARE v0 n2 r0→r1'),
].reduce(after, createWorld(realImplementation, { replicas: 3, mode: 'durable', clients: 2 }));

function after(world: World, record: EventRecord): World {
  const event = eventOf(world.packets, record);
  if (event === undefined) throw new Error('No such packet.');
  return perform(world, event);
}

/** The acknowledgements under way. */
function acknowledgements({ packets }: World): readonly string[] {
  return packets.map(({ name }) => name).filter((name) => name.startsWith('PREPAREOK'));
}

test('the first of two writes may become durable alone, and messages that wait for the second keep waiting', () => {
  const first = after(twoWrites, { type: 'sync', replica: 1, writes: 1 });
  expect(first.machines[1]?.disk.image.log.length).toBe(1);
  expect(acknowledgements(first)).toEqual(['PREPAREOK v0 n1 r1→r0']);
  const second = after(first, { type: 'sync', replica: 1 });
  expect(second.machines[1]?.disk.image.log.length).toBe(2);
  expect(acknowledgements(second)).toEqual(['PREPAREOK v0 n1 r1→r0', 'PREPAREOK v0 n2 r1→r0']);
});

test('a durable write survives a crash that loses later writes', () => {
  const first = after(twoWrites, { type: 'sync', replica: 1, writes: 1 });
  const crashed = after(first, { type: 'crash', replica: 1, survivors: 0 });
  expect(crashed.machines[1]?.disk.image.log.length).toBe(1);
});

test('a crash may corrupt durable entries, on one machine of three at a time', () => {
  const synced = after(twoWrites, { type: 'sync', replica: 1 });
  const crash = { type: 'crash', replica: 1, survivors: 0, readable: 1 } as const;
  expect(disabledReason(synced, { ...crash, readable: 2 })).toBe('the log has no more entries than that');
  const corrupted = after(synced, crash);
  expect(corrupted.machines[1]?.disk.image).toMatchObject({ isCorrupt: true, log: { length: 1 } });
  const other = after(corrupted, { type: 'sync', replica: 0 });
  expect(disabledReason(other, { ...crash, replica: 0 })).toBe('the group does not tolerate such corruption');
  expect(disabledReason(other, { type: 'crash', replica: 0, survivors: 0 })).toBeUndefined();
});

test('the event that writes become durable is enabled once for each number that leaves some pending', () => {
  const syncs = enabled(twoWrites).filter((event) => event.type === 'sync' && event.replica === 1);
  expect(syncs).toEqual([
    { type: 'sync', replica: 1 },
    { type: 'sync', replica: 1, writes: 1 },
  ]);
  for (const writes of [0, 2])
    expect(disabledReason(twoWrites, { type: 'sync', replica: 1, writes })).toContain('no more');
});
