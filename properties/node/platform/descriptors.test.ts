import { expect, it, vi } from 'vitest';
import { limitIn, mostDescriptors } from '../../../impl/node/platform/descriptors.ts';
import { withDescriptor } from '../../../impl/node/platform/nodeFiles.ts';
import { nodeNetwork } from '../../../impl/node/platform/nodeNetwork.ts';

const limits = `Limit                     Soft Limit           Hard Limit           Units
Max processes             96365                96365                processes
Max open files            200                  4096                 files
Max locked memory         8388608              8388608              bytes
`;

it('The limit of descriptors is the soft one', () => {
  expect(limitIn(limits)).toBe(200);
  expect(limitIn(limits.replace('200 ', 'unlimited'))).toBeUndefined();
  expect(mostDescriptors).toBeGreaterThan(0);
});

it('The ports at which a process listens share its descriptors', async () => {
  const unused = () => undefined;
  const options = {
    ...{
      tls: undefined,
      mostConnections: () => 1,
      handshakeTimeout: 1,
      onConnection: unused,
      onTlsFailure: unused,
    },
  };
  const at = { host: '127.0.0.1', port: 0 };
  const all = nodeNetwork.descriptors();
  const first = await nodeNetwork.listen(at, options);
  expect(nodeNetwork.descriptors()).toBe(all);
  const second = await nodeNetwork.listen(at, options);
  expect(nodeNetwork.descriptors()).toBe(Math.floor(all / 2));
  await Promise.all([first.close(), second.close()]);
  expect(nodeNetwork.descriptors()).toBe(all);
});

/** An operation that fails with this code so many times. */
function failing(code: string, times: number) {
  return vi.fn(async () => {
    if (times-- > 0) throw Object.assign(new Error(code), { code });
    return 'opened';
  });
}

it.each(['EMFILE', 'ENFILE'])('A file is opened again until a descriptor is free (%s)', async (code) => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const operation = failing(code, 3);
  const opened = withDescriptor(operation);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await opened).toBe('opened');
  expect(operation).toHaveBeenCalledTimes(4);
  vi.useRealTimers();
});

it('A file that cannot be opened for want of descriptors in ten seconds, or for another reason, is an error', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const [never, other] = [failing('EMFILE', 1_000), failing('EACCES', 1)];
  const outcomes = Promise.allSettled([withDescriptor(never), withDescriptor(other)]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await outcomes).toMatchObject([{ reason: { code: 'EMFILE' } }, { reason: { code: 'EACCES' } }]);
  expect(other).toHaveBeenCalledOnce();
  vi.useRealTimers();
});
