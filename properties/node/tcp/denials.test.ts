import { expect, test } from 'vitest';
import { keyValueService } from '../../../impl/index.ts';
import { Server } from '../../../impl/node/server.ts';
import { MemoryDisk } from '../../../impl/node/storage/memoryDisk.ts';
import { freePorts } from '../../../models/processes/tcp/freePorts.ts';
import { ServedGroup } from '../servedGroup.ts';

test('a second process of one replica is told once by each other one, and stops', async () => {
  // With a long tick, a busy machine does not take the first process for one that is gone.
  const group = await ServedGroup.start({ cluster: { mode: 'diskless', tick: 100 } });
  await group.client().request({ type: 'get', key: 'a' });
  const [port = 0] = await freePorts(1);
  const addresses = group.cluster.addresses.with(2, { host: '127.0.0.1', port });
  const denials: (readonly [number, string])[] = [];
  const second = await Server.open({
    ...{ cluster: { ...group.cluster, addresses }, replicaNumber: 2, service: keyValueService },
    storage: new MemoryDisk().open(),
    observer: { onDenied: (by, denial) => denials.push([by, denial]) },
  });
  await expect(second.failure).rejects.toThrow('two processes run as replica 2');
  expect(denials.toSorted()).toEqual([
    [0, 'twin'],
    [1, 'twin'],
  ]);
  await second.stop();
  await group.end();
});
