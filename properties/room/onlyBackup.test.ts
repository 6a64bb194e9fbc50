import { expect, it } from 'vitest';
import { realShell, type Shell, shellWith } from '../../models/room/shell.ts';
import { SmallRoom } from './smallRoom.ts';

/** The longest time that a request of a client takes which reaches only one backup, in virtual milliseconds. */
async function longest(shell: Shell): Promise<number> {
  const room = new SmallRoom({ shell });
  const { links } = room.network;
  const program = room.program('c0');
  for (const cut of ['r0', 'r2'])
    for (const link of [links.between('c0', cut), links.between(cut, 'c0')]) link.isCut = true;
  const write = (value: number): Promise<number> =>
    room.until(program.client.request({ type: 'set', key: 'a', value }));
  await write(0);
  const times = [];
  for (let value = 1; value <= 10; value++) times.push(await write(value));
  return Math.max(...times);
}

it('A client that reaches only a backup is answered as soon as the group has executed its request', async () => {
  expect(await longest(realShell)).toBeLessThan(20);
});

it.each([
  [
    'tells requests to a primary that it does not reach',
    'node/client/clientSession.ts',
    'route?.(output.to) ?? output.to',
    'output.to',
  ],
  [
    'gets no answers of the primary by way of a backup',
    'node/tcp/clientConnections.ts',
    'if (to !== undefined) this.relay(to, message);',
    '',
  ],
])('A client that %s waits long in such a room', async (_, file, find, replace) => {
  expect(await longest(await shellWith('only-backup', [{ file, find, replace }]))).toBeGreaterThan(40);
});
