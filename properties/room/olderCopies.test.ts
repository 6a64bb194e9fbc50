import { expect, test } from 'vitest';
import { pathsIn } from '../../impl/node/storage/durable/directory.ts';
import { readStarts, writeStarts } from '../../impl/node/storage/durable/startsFile.ts';
import { dataDirectory } from '../../models/room/disk.ts';
import { RoomGroup } from './roomGroup.ts';

const set = { type: 'set', key: 'a', value: 'b' };

test('a group of which every directory is put back from a backup keeps all of them, says so, and founds no empty group', async () => {
  const group = new RoomGroup(3);
  group.startAll();
  expect(await group.request(set)).toBe('b');
  await group.pass(5);
  const paths = pathsIn(dataDirectory);
  // As `viewstamped backup` leaves it: without the start that ran.
  for (const number of [0, 1, 2])
    await group.edit(number, async (files) => {
      const { known } = await readStarts(files, paths, true);
      await writeStarts(files, paths, { ...known, own: known.own.slice(0, -1) });
    });
  group.startAll();
  await group.pass(120);

  for (const number of [0, 1, 2]) {
    const lines = group.lines(number).map(({ msg }) => msg);
    expect(lines.filter((line) => line.includes('was moved to'))).toEqual([]);
    expect(group.ended(number)).toBeUndefined();
    expect(group.status(number)).toMatchObject({ status: 'view-change', opNumber: 3 });
    expect(group.status(number)?.outage?.text).toMatch(
      /^No majority: .*both have older copies of their directories, and keep them; start each with the latest directory that it had/,
    );
    expect(lines.filter((line) => line.startsWith('not admitted: ')).length).toBe(2);
  }
});
