import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { configure, type Json, keyValueService, type Request } from '../../../impl/index.ts';
import { ClientSession } from '../../../impl/node/client/clientSession.ts';
import { ClusterClient } from '../../../impl/node/client/clusterClient.ts';
import { generousTimeout, ServedGroup, until } from '../servedGroup.ts';

const operation = { type: 'get', key: 'a' };

/** A session with a group of three that never answers by itself. What it sends is in `sent`. */
function unanswered() {
  const sent: Request[] = [];
  const session = new ClientSession({
    ...{ configuration: configure(3, 'diskless', keyValueService), name: 'ann', tick: 10 },
    send: (_, request) => Math.min(sent.push(request), 1),
  });
  const answer = (requestNumber: number, result: Json): void =>
    session.receive({ type: 'REPLY', viewNumber: 0, clientId: 'ann/0', requestNumber, result });
  return { session, sent, answer };
}

/** One that has request 1 answered. What it sends later is in `sent`. */
function registered() {
  const { session, sent, answer } = unanswered();
  const first = session.request(operation);
  answer(0, 7);
  answer(1, 'first');
  sent.length = 0;
  return { session, sent, answer, first };
}

const end = { type: 'REQUEST', operation: null, clientId: 'ann/0', session: 7, requestNumber: 0 };

describe('a session that its program ends', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('asks the replicas to end it, and takes no further request', async () => {
    const { session, sent, answer } = registered();
    const ended = session.end(1_000);
    await expect(session.request(operation)).rejects.toMatchObject({ reason: 'closed' });
    expect(sent).toEqual([end]);
    answer(0, null);
    await ended;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('asks again and again, and gives up in the time given', async () => {
    const { session, sent } = registered();
    let isEnded = false;
    const ended = session.end(1_000).then(() => {
      isEnded = true;
    });
    await vi.advanceTimersByTimeAsync(999);
    expect(isEnded).toBe(false);
    expect(sent.length).toBeGreaterThan(3);
    await vi.advanceTimersByTimeAsync(1);
    await ended;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stays at the replicas if the program still waits for a request', async () => {
    const { session, sent } = registered();
    const second = expect(session.request(operation)).rejects.toMatchObject({ name: 'MaybeExecutedError' });
    await session.end(1_000);
    await second;
    expect(sent).toMatchObject([{ requestNumber: 2 }]);
  });

  it('ends once a request that was given up is answered', async () => {
    const { session, sent, answer } = registered();
    const second = expect(session.request(operation, { deadline: 5 })).rejects.toMatchObject({
      reason: 'deadline',
    });
    await vi.advanceTimersByTimeAsync(5);
    await second;
    const ended = session.end(1_000);
    expect(sent).toMatchObject([{ requestNumber: 2 }]);
    answer(2, 'second');
    expect(sent.slice(1)).toEqual([end]);
    answer(0, null);
    await ended;
  });

  it('is over at once if it was evicted meanwhile', async () => {
    const { session, sent } = registered();
    const second = expect(session.request(operation, { deadline: 5 })).rejects.toMatchObject({
      reason: 'deadline',
    });
    await vi.advanceTimersByTimeAsync(5);
    await second;
    const ended = session.end(1_000);
    session.receive({ type: 'EVICTED', viewNumber: 0, clientId: 'ann/0', requestNumber: 2 });
    await ended;
    expect([sent.length, vi.getTimerCount()]).toEqual([1, 0]);
  });

  it('has nothing to end if it was never registered, or is closed', async () => {
    const { session, sent } = unanswered();
    await session.end(1_000);
    await session.end(1_000);
    expect(sent).toEqual([]);
  });
});

const registration = { type: 'REQUEST', operation: null, clientId: 'ann/0', session: 0, requestNumber: 0 };

describe('a session whose registration is answered after its request was given up', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** One whose first request was given up, and whose registration is not answered. */
  async function givenUp() {
    const all = unanswered();
    const first = expect(all.session.request(operation, { deadline: 5 })).rejects.toMatchObject({
      name: 'NotExecutedError',
    });
    await vi.advanceTimersByTimeAsync(5);
    await first;
    expect(all.sent).toEqual([registration]);
    all.sent.length = 0;
    return all;
  }

  it('is ended by a client that is closed after the answer', async () => {
    const { session, sent, answer } = await givenUp();
    answer(0, 7);
    expect(sent).toEqual([]);
    const ended = session.end(1_000);
    expect(sent).toEqual([end]);
    answer(0, null);
    await ended;
  });

  it('is ended by a client that is closed before the answer', async () => {
    const { session, sent, answer } = await givenUp();
    const ended = session.end(1_000);
    expect(sent).toEqual([]);
    answer(0, 7);
    expect(sent).toEqual([end]);
    answer(0, null);
    await ended;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('serves the next request', async () => {
    const { session, sent, answer } = await givenUp();
    answer(0, 7);
    const second = session.request(operation);
    expect(sent).toMatchObject([{ session: 7, requestNumber: 1 }]);
    answer(1, 'second');
    expect(await second).toBe('second');
  });

  it('is not waited for longer than it is told, and not taken from an answer of another kind', async () => {
    const { session, sent, answer } = await givenUp();
    const ended = session.end(1_000);
    answer(0, null);
    session.receive({ type: 'REPLY', viewNumber: 0, clientId: 'bob/0', requestNumber: 0, result: 7 });
    await vi.advanceTimersByTimeAsync(1_000);
    await ended;
    answer(0, 7);
    expect([sent.length, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it('is ended also if the program waited for its request until it was closed', async () => {
    const { session, sent, answer } = unanswered();
    const first = expect(session.request(operation)).rejects.toMatchObject({
      ...{ name: 'NotExecutedError', reason: 'closed' },
    });
    const ended = session.end(1_000);
    await first;
    answer(0, 7);
    expect(sent).toEqual([registration, end]);
    answer(0, null);
    await ended;
  });
});

describe('a client of a cluster that is closed', () => {
  it('leaves no session behind, and evicts no other client, however many come after another', async () => {
    const group = await ServedGroup.start({ cluster: { limits: { sessions: 2 } } });
    const sessions = () => group.server(0).status().sessions;
    try {
      const service = group.client();
      await service.request({ type: 'set', key: 'a', value: 0 });
      for (const value of [1, 2, 3]) {
        const visitor = new ClusterClient(group.cluster);
        await visitor.request({ type: 'set', key: 'b', value });
        await visitor.close({ deadline: generousTimeout });
      }
      await until(() => sessions() === 1, 'no session of a visitor is left');
      await service.request({ type: 'set', key: 'a', value: 1 });
    } finally {
      await group.end();
    }
  });

  it('is closed soon also if no majority answers', async () => {
    const group = await ServedGroup.start();
    try {
      const client = group.client();
      await client.request({ type: 'set', key: 'a', value: 0 });
      await Promise.all([1, 2].map((number) => group.stop(number)));
      await expect(client.close({ deadline: Number.NaN })).rejects.toThrow('deadline is NaN');
      await client.close({ deadline: 50 });
      await expect(client.request(operation)).rejects.toMatchObject({ reason: 'closed' });
    } finally {
      await group.end();
    }
  });
});
