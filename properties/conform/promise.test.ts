import { describe, expect, it } from 'vitest';
import { PromiseJudge } from '../../models/conform/promiseJudge.ts';
import { SentSet } from '../../models/conform/sentSet.ts';
import { beginning, type Group, Log } from '../../spec/protocol/index.ts';

const group: Group = {
  size: 3,
  tolerated: 1,
  quorum: 2,
  mode: 'durable',
  sessions: Number.POSITIVE_INFINITY,
  reads: true,
};

function request(requestNumber: number, time = 0) {
  return { clientId: 'ann', session: 0, requestNumber, operation: 'x', predicted: { time, random: 0 } };
}

// The rules of the protocol keep these guarantees, so that only another specification could let a run break them.
describe('the promise, as conform judges it', () => {
  it('holds while all replicas execute one log', () => {
    const promise = new PromiseJudge(group);
    const log = Log.empty().with(request(1)).with(request(2));
    expect([promise.execute(log), promise.execute(log.first(1) ?? log), promise.executed]).toEqual([
      undefined,
      undefined,
      2,
    ]);
  });

  it.each(['one longer', 'one as long'])('is broken by another log: %s', (which) => {
    const promise = new PromiseJudge(group);
    const empty = Log.empty();
    promise.execute(empty.with(request(1)));
    const other = empty.with(request(7));
    expect(promise.execute(which === 'one longer' ? other.with(request(8)) : other)?.rule).toBe('one-order');
  });

  it('is broken by a log without an entry that was executed', () => {
    const promise = new PromiseJudge(group);
    const log = Log.empty().with(request(1));
    promise.execute(log);
    const longer = log.with(request(2));
    expect([longer, log, log.before].map((one) => one && promise.isKept(one, 1))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('is broken by a time that goes back', () => {
    const log = Log.empty().with(request(1, 5)).with(request(2, 4));
    expect(new PromiseJudge(group).execute(log)?.rule).toBe('time-goes-on');
  });

  it('is broken by a request that takes effect twice', () => {
    const log = Log.empty().with(request(1)).with(request(1));
    expect(new PromiseJudge(group).execute(log)?.rule).toBe('exactly-once');
  });

  it('is broken by an executed entry that a quorum does not store', () => {
    const promise = new PromiseJudge(group);
    const empty = Log.empty();
    const log = empty.with(request(1));
    promise.execute(log);
    const state = beginning(group, new SentSet(), [], empty);
    const held = (count: number) => ({
      ...state,
      replicas: state.replicas.map((replica, number) =>
        number < count ? { ...replica, disk: { ...replica.disk, log } } : replica,
      ),
    });
    expect([promise.survival(held(1))?.rule, promise.survival(held(2))]).toEqual(['never-lost', undefined]);
  });

  describe('in a group of one session, whose only client has ended it,', () => {
    const entry = (session: number, requestNumber: number) => ({ ...request(requestNumber), session });
    const judge = (...later: readonly ReturnType<typeof entry>[]): PromiseJudge => {
      const promise = new PromiseJudge({ ...group, sessions: 1 });
      const entries = [entry(0, 0), entry(1, 1), entry(1, 0), ...later];
      expect(promise.execute(entries.reduce((log, one) => log.with(one), Log.empty()))).toBeUndefined();
      return promise;
    };
    const reply = (result: number | null) =>
      ({ type: 'REPLY', clientId: 'ann', requestNumber: 0, result }) as const;

    it('holds if the registration is answered by the session, and the end by null', () => {
      expect([1, null].map((result) => judge().answer(reply(result), 3))).toEqual([undefined, undefined]);
    });

    it('is broken by another session, and by an end that was not executed', () => {
      expect([judge().answer(reply(3), 3)?.rule, judge().answer(reply(null), 2)?.rule]).toEqual([
        'reply-is-result',
        'reply-is-result',
      ]);
    });

    it('holds if the end is executed again, and later requests are told EVICTED', () => {
      const promise = judge(entry(1, 0), entry(1, 2), entry(0, 0), entry(1, 0), entry(6, 1));
      const turnedAway = { type: 'EVICTED', clientId: 'ann', requestNumber: 2 } as const;
      expect([promise.answer(turnedAway, 8), promise.answer(reply(6), 8)]).toEqual([undefined, undefined]);
    });
  });

  describe('in a group of one session, whose first client was evicted,', () => {
    const bounded = { ...group, sessions: 1 };
    const asked = (clientId: string, session: number, requestNumber: number) => ({
      ...request(requestNumber),
      ...{ clientId, session },
    });
    const served = Log.empty()
      .with(asked('ann', 0, 0))
      .with(asked('ann', 1, 1));
    const evicted = served.with(asked('bob', 0, 0)).with(asked('ann', 1, 2));
    const judge = (): PromiseJudge => {
      const promise = new PromiseJudge(bounded);
      expect(promise.execute(evicted)).toBeUndefined();
      return promise;
    };
    const reply = (requestNumber: number) =>
      ({ type: 'REPLY', clientId: 'ann', requestNumber, result: 'x' }) as const;
    const turnedAway = (requestNumber: number) =>
      ({ type: 'EVICTED', clientId: 'ann', requestNumber }) as const;

    it('holds if that is told EVICTED afterwards, and was answered before', () => {
      expect([judge().answer(reply(1), 4), judge().answer(turnedAway(2), 4)]).toEqual([undefined, undefined]);
    });

    it('is broken by EVICTED for a request that took effect', () => {
      expect(judge().answer(turnedAway(1), 4)?.rule).toBe('reply-is-result');
    });

    it('is broken by any other answer to a request that has no effect', () => {
      const failed = { type: 'FAILED', clientId: 'ann', requestNumber: 2 } as const;
      expect([reply(2), failed].map((answer) => judge().answer(answer, 4)?.rule)).toEqual([
        'reply-is-result',
        'reply-is-result',
      ]);
    });

    it('is broken by a result of that request, told before or after it is known to have no effect', () => {
      const results = [{ opNumber: 4, result: 'x' }];
      const before = new PromiseJudge(bounded);
      expect(before.resultsOf(results, 4)).toBeUndefined();
      expect([before.execute(evicted)?.rule, judge().resultsOf(results, 4)?.rule]).toEqual([
        'same-result',
        'same-result',
      ]);
    });
  });
});
