import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { configure, keyValueService, type Limits, type Request } from '../../impl/index.ts';
import { ClientSession } from '../../impl/node/client/clientSession.ts';
import { ClosedError, RejectedError, TimeoutError } from '../../impl/node/client/errors.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Somebody who asks a group of three that never answers by itself. */
function asker(limits: Limits = { sessions: 8 }) {
  const sent: Request[] = [];
  const asker = new ClientSession({
    ...{ configuration: configure(3, 'diskless', keyValueService, limits), name: 'ann', tick: 10 },
    send: (_, request) => sent.push(request),
  });
  return { asker, sent };
}

const operation = { type: 'get', key: 'a' };

describe('somebody who asks', () => {
  it('asks again and again, until it is too late', async () => {
    const { asker: ann, sent } = asker();
    const outcome = expect(ann.request(operation, 1000)).rejects.toBeInstanceOf(TimeoutError);
    await vi.advanceTimersByTimeAsync(1000);
    await outcome;
    expect(sent.length).toBeGreaterThan(2);
  });

  it('passes over what the group cannot run, when its turn has come', async () => {
    const { asker: ann, sent } = asker({ sessions: Number.POSITIVE_INFINITY, window: 1 });
    const first = ann.request(operation, 1000);
    const refused = expect(ann.request({ type: 'nonsense' }, 1000)).rejects.toBeInstanceOf(RejectedError);
    const third = ann.request(operation, 1000);
    for (const requestNumber of [1, 2])
      ann.receive({
        type: 'REPLY',
        viewNumber: 0,
        clientId: ann.clientId,
        requestNumber,
        result: requestNumber,
      });
    await refused;
    expect(await Promise.all([first, third])).toEqual([1, 2]);
    expect(sent.map(({ requestNumber }) => requestNumber)).toEqual([1, 2]);
  });

  it('leaves nothing to be done when it ends, whoever can be reached only then, or answers', async () => {
    const { asker: ann, sent } = asker();
    const outcome = expect(ann.request(operation, 1000)).rejects.toBeInstanceOf(ClosedError);
    expect(vi.getTimerCount()).toBeGreaterThan(0);
    ann.close(new ClosedError('enough', null));
    await outcome;
    const before = sent.length;
    ann.resend();
    ann.receive({ type: 'REPLY', viewNumber: 0, clientId: ann.clientId, requestNumber: 0, result: 1 });
    await vi.advanceTimersByTimeAsync(10_000);
    expect([sent.length, vi.getTimerCount()]).toEqual([before, 0]);
    await expect(ann.request(operation, 1000)).rejects.toThrow('enough');
  });
});
