import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ConfigurationOptions, configure, keyValueService, type Request } from '../../impl/index.ts';
import { ClientSession } from '../../impl/node/client/clientSession.ts';
import { ClosedError, RejectedError, TimeoutError } from '../../impl/node/client/errors.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A session with a group of three that never answers by itself. */
function sessionOf(limits: ConfigurationOptions = { sessions: 8 }) {
  const sent: Request[] = [];
  const session = new ClientSession({
    ...{ configuration: configure(3, 'diskless', keyValueService, limits), name: 'ann', tick: 10 },
    send: (_, request) => sent.push(request),
  });
  return { session, sent };
}

const operation = { type: 'get', key: 'a' };

describe('a client session', () => {
  it('sends a request again and again until its timeout', async () => {
    const { session, sent } = sessionOf();
    const outcome = expect(session.request(operation, 1000)).rejects.toBeInstanceOf(TimeoutError);
    await vi.advanceTimersByTimeAsync(1000);
    await outcome;
    expect(sent.length).toBeGreaterThan(2);
  });

  it('sends an outstanding request again at once when a replica can be reached again', async () => {
    const { session, sent } = sessionOf({ sessions: Number.POSITIVE_INFINITY });
    const outcome = expect(session.request(operation, 1000)).rejects.toBeInstanceOf(ClosedError);
    const before = sent.length;
    session.resend();
    expect(sent.slice(before)).toEqual(Array(3).fill(sent[0]));
    session.close(new ClosedError('enough', null));
    await outcome;
  });

  it('rejects an operation that the group cannot run, and goes on with the next', async () => {
    const { session, sent } = sessionOf({ sessions: Number.POSITIVE_INFINITY, window: 1 });
    const first = session.request(operation, 1000);
    const rejected = expect(session.request({ type: 'nonsense' }, 1000)).rejects.toBeInstanceOf(
      RejectedError,
    );
    const third = session.request(operation, 1000);
    for (const requestNumber of [1, 2])
      session.receive({
        type: 'REPLY',
        viewNumber: 0,
        clientId: session.clientId,
        requestNumber,
        result: requestNumber,
      });
    await rejected;
    expect(await Promise.all([first, third])).toEqual([1, 2]);
    expect(sent.map(({ requestNumber }) => requestNumber)).toEqual([1, 2]);
  });

  it('sends nothing and keeps no timer once it is closed', async () => {
    const { session, sent } = sessionOf();
    const outcome = expect(session.request(operation, 1000)).rejects.toBeInstanceOf(ClosedError);
    expect(vi.getTimerCount()).toBeGreaterThan(0);
    session.close(new ClosedError('enough', null));
    await outcome;
    const before = sent.length;
    session.resend();
    session.receive({
      type: 'REPLY',
      viewNumber: 0,
      clientId: session.clientId,
      requestNumber: 0,
      result: 1,
    });
    await vi.advanceTimersByTimeAsync(10_000);
    expect([sent.length, vi.getTimerCount()]).toEqual([before, 0]);
    await expect(session.request(operation, 1000)).rejects.toThrow('enough');
  });
});
