import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type ClientMessage,
  type ConfigurationOptions,
  configure,
  type Json,
  keyValueService,
  type Request,
} from '../../../impl/index.ts';
import { ClientSession, type ClientSessionOptions } from '../../../impl/node/client/clientSession.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const operation = { type: 'get', key: 'a' };
const unregistered = { sessions: Number.POSITIVE_INFINITY };

/** A session with a group of three that never answers by itself. */
function sessionOf(limits: ConfigurationOptions, options: Partial<ClientSessionOptions> = {}) {
  const sent: Request[] = [];
  const session = new ClientSession({
    ...{ configuration: configure(3, 'diskless', keyValueService, limits), name: 'ann', tick: 10 },
    send: (_, request) => Math.min(sent.push(request), 1),
    ...options,
  });
  const answer = (type: ClientMessage['type'], requestNumber: number, result: Json = null): void => {
    const fields = { viewNumber: 0, clientId: session.clientId, requestNumber };
    session.receive(type === 'REPLY' ? { type, ...fields, result } : { type, ...fields });
  };
  const numbers = () => sent.map(({ requestNumber }) => requestNumber);
  return { session, sent, answer, numbers };
}

/** A session that is registered, with nothing sent but that. */
function registered(limits: ConfigurationOptions = {}) {
  const tools = sessionOf({ sessions: 8, ...limits });
  const { session, answer, sent } = tools;
  const first = session.request(operation);
  answer('REPLY', 0, 1);
  answer('REPLY', 1, 'first');
  sent.length = 0;
  return { ...tools, first };
}

const not = (reason: string) => ({ name: 'NotExecutedError', reason });
const maybe = (reason: string) => ({ name: 'MaybeExecutedError', reason });

describe('a client session', () => {
  it('sends a request again and again until its deadline', async () => {
    const { session, sent } = registered();
    const outcome = expect(session.request(operation, { deadline: 1000 })).rejects.toMatchObject(
      maybe('deadline'),
    );
    await vi.advanceTimersByTimeAsync(1000);
    await outcome;
    expect(sent.length).toBeGreaterThan(2);
  });

  it('sends an outstanding request again at once when a replica can be reached again', async () => {
    const { session, sent } = sessionOf(unregistered);
    const outcome = expect(session.request(operation)).rejects.toMatchObject(maybe('closed'));
    const before = sent.length;
    session.resend();
    expect(sent.slice(before)).toEqual(Array(3).fill(sent[0]));
    session.close();
    await outcome;
  });

  it('rejects an operation that the group does not execute, at once, and goes on with the next', async () => {
    const { session, answer, numbers } = sessionOf({ ...unregistered, window: 1 });
    const first = session.request(operation);
    await expect(session.request({ type: 'nonsense' })).rejects.toMatchObject(not('invalid'));
    const long = { type: 'get', key: 'a'.repeat(70_000) };
    await expect(session.request(long)).rejects.toMatchObject({ ...not('too-large'), operation: long });
    const third = session.request(operation);
    answer('REPLY', 1, 1);
    answer('REPLY', 2, 2);
    expect(await Promise.all([first, third])).toEqual([1, 2]);
    expect(numbers()).toEqual([1, 2]);
  });

  it('rejects a deadline that is no number of milliseconds, and takes one without end', async () => {
    const { session, answer } = registered();
    for (const deadline of [-1, Number.NaN])
      await expect(session.request(operation, { deadline })).rejects.toBeInstanceOf(RangeError);
    for (const [index, deadline] of [Number.POSITIVE_INFINITY, 2 ** 31].entries()) {
      const endless = session.request(operation, { deadline });
      await vi.advanceTimersByTimeAsync(100_000);
      answer('REPLY', index + 2, 'late');
      expect(await endless).toBe('late');
    }
  });

  it('sends nothing and keeps no timer once it is closed', async () => {
    const { session, sent, answer } = sessionOf({ sessions: 8 });
    const outcome = expect(session.request(operation)).rejects.toMatchObject(not('closed'));
    expect(vi.getTimerCount()).toBeGreaterThan(0);
    session.close(new Error('enough'));
    await outcome;
    const before = sent.length;
    session.resend();
    answer('REPLY', 0, 1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([sent.length, vi.getTimerCount()]).toEqual([before, 0]);
    await expect(session.request(operation)).rejects.toMatchObject({ ...not('closed'), message: 'enough' });
  });
});

describe('a request that is given up', () => {
  it('was not executed if it waited for a connection, for its session, or for earlier requests', async () => {
    const isCut = { canSend: () => false };
    for (const { session, sent } of [
      sessionOf(unregistered, isCut),
      sessionOf({ sessions: 8 }),
      registered({ window: 1 }),
    ]) {
      session.request(operation).catch(() => undefined);
      const controller = new AbortController();
      const aborted = session.request(operation, { signal: controller.signal });
      controller.abort('enough');
      await expect(aborted).rejects.toMatchObject({ ...not('aborted'), cause: 'enough' });
      const late = expect(session.request(operation, { deadline: 50 })).rejects.toMatchObject(
        not('deadline'),
      );
      await vi.advanceTimersByTimeAsync(50);
      await late;
      session.close();
      expect(sent.filter(({ requestNumber }) => requestNumber > 2)).toEqual([]);
    }
  });

  it('was not executed if its client was being registered for it, and is never sent later', async () => {
    const { session, sent, answer } = sessionOf({ sessions: 8 });
    const outcome = expect(
      session.request({ type: 'get', key: 'b' }, { deadline: 50 }),
    ).rejects.toMatchObject(not('deadline'));
    await vi.advanceTimersByTimeAsync(50);
    await outcome;
    expect(vi.getTimerCount()).toBe(0);
    answer('REPLY', 0, 7);
    const next = session.request(operation);
    answer('REPLY', 0, 7);
    answer('REPLY', 1, 'next');
    expect(await next).toBe('next');
    const requests = sent.filter(({ requestNumber }) => requestNumber > 0);
    expect(requests).toMatchObject([{ operation, session: 7, requestNumber: 1 }]);
  });

  it('leaves the registration to the next request', async () => {
    const { session, answer, numbers } = sessionOf({ sessions: 8 });
    const controller = new AbortController();
    const aborted = session.request(operation, { signal: controller.signal });
    const next = session.request(operation);
    controller.abort();
    await expect(aborted).rejects.toMatchObject(not('aborted'));
    expect(numbers()).toEqual([0, 0]);
    answer('REPLY', 0, 7);
    answer('REPLY', 1, 'next');
    expect(await next).toBe('next');
  });

  it('may have been executed if it was sent, and its answer counts for no other request', async () => {
    const { session, answer, numbers } = registered({ window: 2 });
    const controller = new AbortController();
    const aborted = session.request(operation, { signal: controller.signal });
    controller.abort();
    await expect(aborted).rejects.toMatchObject(maybe('aborted'));
    const next = session.request(operation);
    const third = session.request(operation);
    expect(numbers()).toEqual([2, 3]);
    answer('REPLY', 2, 'of the aborted one');
    answer('REPLY', 3, 'of the next');
    answer('REPLY', 4, 'of the third');
    expect(await Promise.all([next, third])).toEqual(['of the next', 'of the third']);
  });

  it('leaves no listener on its signal, and is not sent if that was aborted before', async () => {
    const { session, answer, sent } = registered();
    const { signal } = new AbortController();
    const listening = vi.spyOn(signal, 'removeEventListener');
    const answered = session.request(operation, { signal });
    answer('REPLY', 2);
    await answered;
    expect(listening).toHaveBeenCalledTimes(1);
    sent.length = 0;
    const before = AbortSignal.abort('before');
    await expect(session.request(operation, { signal: before })).rejects.toMatchObject(not('aborted'));
    expect(sent).toEqual([]);
  });

  it('is refused if too many wait, and not while a place in the window is free', async () => {
    for (const maxWaiting of [0, 1]) {
      const { session, answer } = sessionOf({ ...unregistered, window: 1 }, { maxWaiting });
      const taken = Array.from({ length: maxWaiting + 1 }, () => session.request(operation));
      await expect(session.request(operation)).rejects.toMatchObject(not('queue-full'));
      for (const index of taken.keys()) answer('REPLY', index + 1, index);
      expect(await Promise.all(taken)).toEqual([...taken.keys()]);
    }
  });

  it('was not executed if it did not leave before the client was closed', async () => {
    const { session } = sessionOf(unregistered, { send: () => 0 });
    const outcome = expect(session.request(operation)).rejects.toMatchObject(not('closed'));
    session.close();
    await outcome;
  });
});

describe('an evicted client session', () => {
  it('repeats in a new session what it had sent once, and all later requests, in their order', async () => {
    const { session, answer, sent } = registered();
    const outcomes = [1, 2, 3].map((key) => session.request({ type: 'get', key: String(key) }));
    answer('EVICTED', 2);
    answer('REPLY', 0, 8);
    answer('EVICTED', 1);
    answer('REPLY', 0, 9);
    for (const number of [1, 2, 3]) answer('REPLY', number, number);
    expect(await Promise.all(outcomes)).toEqual([1, 2, 3]);
    expect(sent.slice(8).map(({ operation }) => operation)).toEqual(
      sent.slice(0, 3).map((old) => old.operation),
    );
    expect(sent.at(-1)).toMatchObject({ clientId: 'ann/0.2', session: 9, requestNumber: 3 });
  });

  it('does not know of a request that was sent again, nor of one before that which is answered', async () => {
    const { session, answer, numbers } = registered();
    const [first, second] = [session.request(operation), session.request(operation)];
    answer('EVICTED', 3);
    await expect(first).rejects.toMatchObject(maybe('evicted'));
    answer('REPLY', 0, 9);
    answer('REPLY', 1, 'second');
    expect(await second).toBe('second');
    const third = session.request(operation);
    session.resend();
    const before = numbers().length;
    answer('EVICTED', 2);
    await expect(third).rejects.toMatchObject(maybe('evicted'));
    expect(numbers().length).toBe(before);
    const fourth = session.request(operation);
    answer('REPLY', 0, 12);
    answer('REPLY', 1, 'fourth');
    expect(await fourth).toBe('fourth');
  });

  it('does not repeat a request that the network may have repeated', async () => {
    const { session, answer } = sessionOf({ sessions: 8 }, { send: () => Number.POSITIVE_INFINITY });
    const outcome = expect(session.request(operation)).rejects.toMatchObject(maybe('evicted'));
    answer('REPLY', 0, 1);
    answer('EVICTED', 1);
    await outcome;
  });

  it('repeats a request of which no copy has left', async () => {
    let copies = 1;
    const { session, answer } = sessionOf({ sessions: 8 }, { send: () => copies });
    const first = session.request(operation);
    answer('REPLY', 0, 1);
    session.resend();
    copies = 0;
    const second = session.request(operation);
    answer('EVICTED', 1);
    await expect(first).rejects.toMatchObject(maybe('evicted'));
    answer('REPLY', 0, 9);
    answer('REPLY', 1, 'second');
    expect(await second).toBe('second');
  });

  it('does not repeat a request that was given up', async () => {
    const { session, answer, sent } = registered();
    const controller = new AbortController();
    const aborted = session.request(operation, { signal: controller.signal });
    controller.abort();
    await expect(aborted).rejects.toMatchObject(maybe('aborted'));
    const before = sent.length;
    answer('EVICTED', 2);
    expect(sent.length).toBe(before);
  });
});
