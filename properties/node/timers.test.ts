import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { configure, keyValueService, Log } from '../../impl/index.ts';
import { ReplicaDriver } from '../../impl/node/driver/replicaDriver.ts';
import { Timers } from '../../impl/node/driver/timers.ts';
import { MemoryDisk } from '../../impl/node/storage/memoryDisk.ts';
import { foundedAtOnce } from '../../impl/replica/data/membership.ts';
import { commitOf } from '../commit.ts';

/** Milliseconds in which the process was stopped: the clock ran on, and no timer fired. */
let stopped = 0;

beforeEach(() => {
  vi.useFakeTimers();
  stopped = 0;
  const running = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => running() + stopped);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Timers, and the name and time in milliseconds of each that has fired. */
function watchedTimers(): { readonly timers: Timers; readonly fired: readonly string[] } {
  const since = performance.now();
  const fired: string[] = [];
  return { timers: new Timers((name) => fired.push(`${name} ${performance.now() - since}`)), fired };
}

test('a timer fires once, at the time to which it was set last', () => {
  const { timers, fired } = watchedTimers();
  timers.arm('resend', 100);
  timers.arm('suspect', 30);
  vi.advanceTimersByTime(20);
  timers.arm('resend', 40);
  timers.arm('suspect', 60);
  vi.advanceTimersByTime(1000);
  expect(fired).toEqual(['resend 60', 'suspect 80']);
});

test('a timer that is hastened fires once, after the delay at the latest, if it is set', () => {
  const { timers, fired } = watchedTimers();
  timers.arm('resend', 100);
  timers.arm('heartbeat', 30);
  vi.advanceTimersByTime(20);
  timers.hasten('resend', 40);
  timers.hasten('heartbeat', 40);
  timers.hasten('suspect', 40);
  vi.advanceTimersByTime(1000);
  expect(fired).toEqual(['heartbeat 30', 'resend 60']);
});

test.each([10, 200])('a timer that was stopped fires only after it is set again, to %i ms', (delay) => {
  const { timers, fired } = watchedTimers();
  timers.arm('resend', 100);
  vi.advanceTimersByTime(20);
  timers.arm('resend', 0);
  timers.arm('suspect', 50);
  timers.arm('suspect', 0);
  timers.arm('resend', delay);
  vi.advanceTimersByTime(1000);
  expect(fired).toEqual([`resend ${20 + delay}`]);
});

test('a timer that is set again when it fires keeps one timer of Node, and none once it is stopped', () => {
  const { timers, fired } = watchedTimers();
  timers.arm('heartbeat', 10);
  vi.advanceTimersByTime(10);
  timers.arm('heartbeat', 10);
  expect(vi.getTimerCount()).toBe(1);
  timers.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(1000);
  expect(fired).toEqual(['heartbeat 10']);
});

describe('a process that was stopped', () => {
  test('reads what arrived meanwhile before a timer fires that it finds due', () => {
    const { timers, fired } = watchedTimers();
    timers.arm('suspect', 300);
    vi.advanceTimersByTime(299);
    stopped += 2000;
    vi.advanceTimersByTime(1);
    expect(fired).toEqual([]);
    // A heartbeat was read.
    timers.arm('suspect', 300);
    vi.advanceTimersByTime(1000);
    expect(fired).toEqual(['suspect 2600']);
  });

  test.each([
    [40, 380],
    [300, 900],
    [2000, 2600],
  ])('waits as long again for a timer that is %i ms late, and no longer than its delay', (late, fires) => {
    const { timers, fired } = watchedTimers();
    timers.arm('suspect', 300);
    stopped += late;
    vi.advanceTimersByTime(1000);
    expect(fired).toEqual([`suspect ${fires}`]);
  });

  test('waits longer once, however often it is stopped', () => {
    const { timers, fired } = watchedTimers();
    timers.arm('suspect', 300);
    stopped += 500;
    vi.advanceTimersByTime(300);
    stopped += 500;
    vi.advanceTimersByTime(300);
    expect(fired).toEqual(['suspect 1600']);
  });

  test('sends a heartbeat as soon as it runs', () => {
    const since = performance.now();
    const fired: string[] = [];
    const fire = (name: string) => fired.push(`${name} ${performance.now() - since}`);
    const timers = new Timers<'heartbeat'>(fire, ['heartbeat']);
    timers.arm('heartbeat', 50);
    stopped += 2000;
    vi.advanceTimersByTime(50);
    expect(fired).toEqual(['heartbeat 2050']);
  });
});

/** A replica of three that has started, with the messages that it sent, in ticks of 50 ms. */
function drivenReplica(replicaNumber: number): { readonly driver: ReplicaDriver; readonly sent: string[] } {
  const configuration = configure(3, 'diskless', keyValueService);
  const sent: string[] = [];
  const driver = new ReplicaDriver({
    configuration,
    replicaNumber,
    storage: new MemoryDisk(foundedAtOnce(configuration)).open(),
    transport: { send: (_, { type }) => sent.push(type), reply: () => undefined },
    tick: 50,
    onStep: () => undefined,
    onFailure: (error) => {
      throw error;
    },
  });
  driver.startAtOnce();
  return { driver, sent };
}

describe('a replica whose process was stopped', () => {
  test('suspects no primary whose heartbeat it reads then, until that primary stays silent', () => {
    const { driver } = drivenReplica(1);
    const heartbeat = commitOf(Log.empty, 0);
    stopped += 2000;
    vi.advanceTimersByTime(300);
    driver.receive(heartbeat);
    vi.advanceTimersByTime(299);
    expect(driver.replica.viewNumber).toBe(0);
    vi.advanceTimersByTime(1);
    expect(driver.replica.viewNumber).toBe(1);
    driver.stop();
  });

  test('sends its heartbeats at once, as the primary', () => {
    const { driver, sent } = drivenReplica(0);
    stopped += 2000;
    vi.advanceTimersByTime(50);
    expect(sent).toEqual(['COMMIT', 'COMMIT']);
    driver.stop();
  });
});
