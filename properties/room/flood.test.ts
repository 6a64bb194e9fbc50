import { describe, expect, it } from 'vitest';
import { realShell, type Shell, shellWith } from '../../models/room/shell.ts';
import { SmallRoom } from './smallRoom.ts';

/** How many descriptors each server may have, and how many of them its storage needs at most. */
const descriptors = 200;
const ofStorage = 30;

/** A room in which more clients and strangers come than a server has descriptors, and a server is started anew meanwhile. */
async function flooded(shell: Shell) {
  const room = new SmallRoom({ shell, descriptors });
  const first = room.program('first');
  const write = () => first.client.request({ type: 'set', key: 'a', value: 1 }, { deadline: 60_000 });
  await room.until(write());
  const crowd = room.crowd('crowd');
  let most = 0;
  const look = async (): Promise<void> => {
    for (let second = 0; second < 20; second++) {
      await room.pass(1_000);
      most = Math.max(most, room.network.openAt('r0'));
    }
  };
  for (let count = 0; count < 300; count++) crowd.stranger('r0');
  await look();
  const clients = Array.from({ length: 180 }, () => crowd.client());
  await look();
  const [, second, third] = room.replicas;
  second?.machine.kill();
  second?.start();
  await room.pass(10_000);
  // Without the third, each request needs the second.
  third?.machine.kill();
  const took = await room.until(write());
  const errors: string[] = [];
  const asked = clients.map((client) =>
    client
      .request({ type: 'get', key: 'a' }, { deadline: 3_000 })
      .catch((error: unknown) => errors.push(String(error))),
  );
  await room.until(Promise.all(asked));
  return { most, took, errors };
}

describe('Servers with few descriptors to which many connect', () => {
  it('keep some for their files and for each other, and tell the others why they are refused', async () => {
    const { most, took, errors } = await flooded(realShell);
    expect(most).toBeLessThan(descriptors - ofStorage);
    expect(took).toBeLessThan(3_000);
    expect(errors.length).toBeGreaterThan(30);
    for (const error of errors) expect(error).toContain('clients, and takes no more');
  });

  it('that count no clients have none left for their files', async () => {
    const edit = {
      find: "if (kind === 'client' && this.clients >= this.mostClients) return false;",
      replace: '',
    };
    const shell = await shellWith('uncounted-clients', [{ file: 'node/tcp/connectionSlots.ts', ...edit }]);
    expect((await flooded(shell)).most).toBeGreaterThan(descriptors - ofStorage);
  });

  it('that keep strangers have none left for their files', async () => {
    const edit = {
      find: 'if (!isFull || oldest === undefined) return undefined;',
      replace: 'if (oldest !== undefined) return undefined;',
    };
    const shell = await shellWith('strangers-kept', [{ file: 'node/tcp/connectionSlots.ts', ...edit }]);
    expect((await flooded(shell)).most).toBeGreaterThan(descriptors - ofStorage);
  });
});

it('A server that has too few descriptors for a few clients does not start, and says what to do', async () => {
  const room = new SmallRoom({ descriptors: 135 });
  await room.pass(100);
  expect(room.replicas[0]?.wrong).toEqual([
    'r0 failed: SetupError: This process may have 135 files and connections open for this replica, which needs 136: raise the limit (ulimit -n).',
  ]);
});
