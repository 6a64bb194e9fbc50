import { setImmediate } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { configure, keyValueService } from '../../../impl/index.ts';
import { ClientSession } from '../../../impl/node/client/clientSession.ts';
import { ClientWatches } from '../../../impl/node/client/clientWatches.ts';

const many = 30;

test('one signal ends many requests and watches, and Node warns of no leak', async () => {
  const warn = vi.spyOn(process, 'emitWarning');
  const { signal, abort } = signalOf();
  const session = new ClientSession({
    ...{ configuration: configure(3, 'diskless', keyValueService), name: 'ann', tick: 1_000 },
    send: () => 1,
  });
  const watches = new ClientWatches({
    ...{ size: 1, delay: Number.POSITIVE_INFINITY },
    frameOf: (message) => Buffer.from(JSON.stringify(message)),
    send: () => true,
    isConnected: () => true,
    isUnreachable: () => false,
    problems: () => '',
  });
  const requests = Array.from({ length: many }, () =>
    session.request({ type: 'get', key: 'a' }, { signal, deadline: Number.POSITIVE_INFINITY }),
  );
  const told = Array.from({ length: many }, () =>
    watches.watch('a', { signal, deadline: Number.POSITIVE_INFINITY }).next(),
  );
  abort();
  const outcomes = await Promise.allSettled(requests);
  expect(new Set(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason.reason))).toEqual(
    new Set(['aborted']),
  );
  expect(await Promise.all(told)).toEqual(Array(many).fill({ done: true, value: undefined }));
  await setImmediate();
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});

test('a request that is answered before its signal is aborted stays answered', async () => {
  const { signal, abort } = signalOf();
  const session = new ClientSession({
    ...{ configuration: configure(3, 'diskless', keyValueService), name: 'ann', tick: 1_000 },
    send: () => 1,
  });
  const first = session.request({ type: 'get', key: 'a' }, { signal, deadline: Number.POSITIVE_INFINITY });
  const second = session.request({ type: 'get', key: 'b' }, { signal, deadline: Number.POSITIVE_INFINITY });
  const answer = (requestNumber: number, result: number): void =>
    session.receive({ type: 'REPLY', viewNumber: 0, clientId: 'ann/0', requestNumber, result });
  answer(0, 7);
  answer(1, 1);
  abort();
  expect(await first).toBe(1);
  await expect(second).rejects.toMatchObject({ reason: 'aborted' });
  session.close();
});

function signalOf(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
