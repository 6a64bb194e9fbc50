import { expect, test, vi } from 'vitest';
import { configure, createReplica, keyValueService, step } from '../../impl/index.ts';
import { Leaf } from '../../impl/tree/node.ts';
import { asInVrr } from '../asInVrr.ts';

const checkpointEvery = 2048;

test('no step computes the digests of more than the changes of 256 entries, where each entry sets another key', () => {
  const configuration = configure(1, 'diskless', keyValueService, { ...asInVrr, checkpointEvery });
  const replica = createReplica(configuration, 0);
  const text = vi.spyOn(Leaf.prototype, 'text', 'get');
  const inStep: number[] = [];
  for (let serial = 1; serial <= checkpointEvery; serial++) {
    text.mockClear();
    const operation = { type: 'set', key: `key ${serial}`, value: 'a long text' };
    const message = { type: 'REQUEST', operation, clientId: 'c', session: 0, requestNumber: serial } as const;
    step(replica, { type: 'message', message });
    inStep.push(text.mock.calls.length);
  }
  text.mockRestore();
  const [checkpoint] = replica.checkpoints;
  expect(checkpoint?.state.size).toBe(checkpointEvery);
  // The line of the one client in the client-table is digested besides.
  expect(Math.max(...inStep)).toBe(256 + 1);
});
