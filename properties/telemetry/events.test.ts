import { describe, expect, test } from 'vitest';
import { configure, createReplica, type Input, keyValueService, Log, step } from '../../impl/index.ts';
import { channels, eventTypes } from '../../impl/node/telemetry/channels.ts';
import { Telemetry } from '../../impl/node/telemetry/telemetry.ts';
import type { EventType } from '../../impl/node/telemetry/telemetryEvents.ts';
import { EventRecorder } from './eventRecorder.ts';
import { type Scenario, scenarios } from './scenarios.ts';

const crash = 'the primary crashes and comes back';
const recovery = 'a replica recovers without a memory';
const behind = 'a replica lags behind two checkpoints';
const cut = 'a primary is cut off with a request';
const clients = 'clients are more than sessions';
const exception = 'a service throws';
const lost = 'a whole group lost its memory';
const served = 'servers come and go';

/** A scenario in which each event occurs. A missing type does not compile. */
const scenarioOf: { readonly [Type in EventType]: Scenario } = {
  started: crash,
  stopped: crash,
  failed: 'a disk fails',
  'bootstrap-waiting': served,
  'leadership-start': crash,
  'leadership-stop': crash,
  'status-changed': crash,
  'view-changed': crash,
  'role-changed': crash,
  'view-change-start': crash,
  'vote-received': crash,
  'quorum-reached': crash,
  'view-change-stop': crash,
  sent: crash,
  received: crash,
  'request-start': clients,
  'request-stop': clients,
  'request-forwarded': clients,
  'request-answered': clients,
  appended: clients,
  'log-conflict': cut,
  'log-compacted': behind,
  committed: clients,
  'execution-start': clients,
  'execution-stop': clients,
  'execution-exception': exception,
  lag: clients,
  'state-transfer-start': behind,
  'state-transfer-stop': behind,
  'recovery-start': recovery,
  'recovery-answered': recovery,
  'recovery-stop': recovery,
  'checkpoint-taken': behind,
  'checkpoint-fetch-start': behind,
  'checkpoint-fetch-stop': behind,
  'checkpoint-restored': behind,
  'client-registered': clients,
  'client-evicted': clients,
  'client-turned-away': clients,
  'timer-set': crash,
  'timer-fired': crash,
  written: clients,
  'corruption-found': lost,
  connection: served,
  rejected: served,
  'request-refused': 'a server refuses a name',
  unsent: served,
  alarm: lost,
};

const recorded = new Map<Scenario, Promise<EventRecorder>>();

/** Runs each scenario once. */
function recorderOf(scenario: Scenario): Promise<EventRecorder> {
  const recording = recorded.get(scenario) ?? scenarios[scenario]();
  recorded.set(scenario, recording);
  return recording;
}

describe('every event', () => {
  test.each(eventTypes)('%s is published', async (type) => {
    const { events } = await recorderOf(scenarioOf[type]);
    expect(events.map((event) => event.type)).toContain(type);
  });

  test('has a channel of its name', () => {
    expect(eventTypes).toEqual(Object.keys(scenarioOf));
    expect(eventTypes.map((type) => channels[type].name)).toEqual(
      eventTypes.map((type) => `viewstamped:${type}`),
    );
  });

  test.each([crash, recovery, behind, cut, clients, served] as const)(
    'has an end for each beginning when %s',
    async (scenario) => {
      const { events } = await recorderOf(scenario);
      for (const what of ['leadership', 'request', 'execution']) {
        const count = (end: string) => events.filter(({ type }) => type === `${what}-${end}`).length;
        expect(count('stop')).toBe(count('start'));
        expect(count('stop')).toBeGreaterThan(0);
      }
      for (const event of events) if ('duration' in event) expect(event.duration).toBeGreaterThanOrEqual(0);
      const runs = new Set(events.map(({ run }) => run));
      expect(events.filter(({ type }) => type === 'stopped')).toHaveLength(runs.size);
      for (const run of runs) expect(events.findLast((event) => event.run === run)?.type).toBe('stopped');
    },
  );
});

describe('when the primary crashes, the events', () => {
  test('tell which replica was primary, and why it ceased to be', async () => {
    const recorder = await recorderOf(crash);
    const [first, ...later] = recorder.of('leadership-stop');
    expect(first).toMatchObject({ replicaNumber: 0, ledView: 0, reason: 'stopped' });
    expect(recorder.of('leadership-start')[0]).toMatchObject({
      replicaNumber: 0,
      viewNumber: 0,
      run: first?.run,
    });
    expect(later.length).toBeGreaterThan(0);
  });

  test('tell of a view change, with a quorum of votes', async () => {
    const recorder = await recorderOf(crash);
    const started = recorder.of('leadership-start').find(({ viewNumber }) => viewNumber > 0);
    const { replicaNumber, viewNumber, run } = started ?? { replicaNumber: -1, viewNumber: -1, run: '' };
    const quorums = recorder.of('quorum-reached', replicaNumber).filter(({ number, run: other, of }) => {
      return number === viewNumber && other === run && of !== 'PREPAREOK';
    });
    expect(quorums.map(({ of }) => of)).toEqual(['STARTVIEWCHANGE', 'DOVIEWCHANGE']);
    const votes = recorder.of('vote-received', replicaNumber).filter((event) => event.run === run);
    expect(Math.max(...votes.map((event) => event.votes))).toBeGreaterThanOrEqual(2);
    const change = recorder.of('view-change-stop', replicaNumber).find(({ to }) => to === viewNumber);
    expect(change).toMatchObject({ from: 0, status: 'normal', role: 'primary' });
  });

  test('tell that the timer for a silent primary fired', async () => {
    const timers = (await recorderOf(crash))
      .of('timer-fired')
      .map(({ timer, outcome }) => `${timer} ${outcome}`);
    expect(timers).toContain('suspect handled');
  });
});

test('a call that starts a view in the same step is counted, and so is the vote that it brings', () => {
  const replica = createReplica(configure(3, 'diskless', keyValueService), 1);
  const telemetry = new Telemetry(replica, 10);
  const recorder = new EventRecorder();
  const take = (input: Input) => telemetry.step(input, step(replica, input));
  const suffix = Log.empty.suffix(0);
  const vote = {
    ...{ viewNumber: 1, lastNormalView: 0, opNumber: 0, commitNumber: 0, replicaNumber: 2 },
    ...{ suffix, generations: [] },
  };
  take({ type: 'start' });
  take({ type: 'message', message: { type: 'DOVIEWCHANGE', ...vote } });
  take({ type: 'durable', write: replica.issuedWrite });
  take({
    type: 'message',
    message: { type: 'STARTVIEWCHANGE', viewNumber: 1, replicaNumber: 2, callers: 0 },
  });
  // This call comes too late to count: it is answered by STARTVIEW.
  take({
    type: 'message',
    message: { type: 'STARTVIEWCHANGE', viewNumber: 1, replicaNumber: 0, callers: 0 },
  });
  recorder.end();
  expect(replica.status).toBe('normal');
  expect(recorder.of('quorum-reached').map(({ of, number }) => `${of} ${number}`)).toEqual([
    'STARTVIEWCHANGE 1',
    'DOVIEWCHANGE 1',
  ]);
  expect(recorder.of('vote-received').map(({ vote, votes }) => `${vote} ${votes}`)).toEqual([
    'DOVIEWCHANGE 1',
    'STARTVIEWCHANGE 2',
  ]);
});

describe('the events of clients', () => {
  test('agree with what the clients did', async () => {
    const recorder = await recorderOf(clients);
    expect(recorder.of('request-stop').map(({ at, outcome }) => [at, outcome])).toEqual([
      [1, 'registered'],
      [2, 'executed'],
      [3, 'executed'],
      [4, 'registered'],
      [5, 'turned-away'],
    ]);
    expect(recorder.of('request-start').map(({ at, clientId }) => [at, clientId])).toEqual([
      [1, 'first'],
      [2, 'first'],
      [3, 'first'],
      [4, 'second'],
      [5, 'first'],
    ]);
    expect(recorder.of('request-forwarded')).toMatchObject([{ replicaNumber: 1, to: 0, requestNumber: 2 }]);
    expect(recorder.of('request-answered')).toMatchObject([
      { replicaNumber: 0, clientId: 'first', requestNumber: 1 },
    ]);
    expect(recorder.of('client-evicted', 0)).toMatchObject([{ clientId: 'first' }]);
    expect(recorder.of('client-turned-away', 0)).toMatchObject([
      { clientId: 'first', requestNumber: 3, at: 5 },
    ]);
    expect(recorder.of('execution-stop', 0).map(({ at }) => at)).toEqual([2, 3]);
  });

  test('tell of the end of a session, which is no eviction', async () => {
    const recorder = await recorderOf('a client ends its session');
    expect(recorder.of('request-stop').map(({ at, outcome }) => [at, outcome])).toEqual([
      [1, 'registered'],
      [2, 'ended'],
      [3, 'registered'],
      [4, 'ended'],
      [5, 'registered'],
    ]);
    expect(recorder.of('client-evicted', 0)).toMatchObject([{ clientId: 'first' }]);
  });

  test('have consistent counts', async () => {
    const recorder = await recorderOf(clients);
    const committed = recorder.of('committed', 0).reduce((sum, { from, to }) => sum + to - from, 0);
    expect(committed).toBe(5);
    expect(recorder.of('quorum-reached', 1)).toEqual([]);
    expect(recorder.of('quorum-reached', 0).at(-1)).toMatchObject({ of: 'PREPAREOK', number: 5 });
    const sent = recorder.of('sent', 0).filter(({ message }) => message.type === 'PREPARE');
    const received = recorder.of('received').filter(({ message }) => message.type === 'PREPARE');
    expect([sent.length, received.length]).toEqual([10, 10]);
    expect(received.map(({ from, outcome }) => `${from} ${outcome}`)).toEqual(Array(10).fill('0 handled'));
    expect(recorder.of('lag', 0).at(-1)?.entries).toBe(0);
  });
});

test('the events of checkpoints agree with the log', async () => {
  const recorder = await recorderOf(behind);
  expect(recorder.of('checkpoint-taken', 0).map(({ of }) => of)).toEqual([4, 8, 12, 16, 20]);
  expect(recorder.of('log-compacted', 0).at(-1)).toMatchObject({ from: 12, to: 16 });
  const [fetched] = recorder.of('checkpoint-fetch-stop');
  expect(fetched).toMatchObject({ replicaNumber: 2, of: 20 });
  expect(recorder.of('checkpoint-restored', 2).map(({ of }) => of)).toEqual([20]);
  // A restored checkpoint does not count as taken.
  expect(recorder.of('checkpoint-taken', 2)).toEqual([]);
});

test('the events of a recovery agree with the group', async () => {
  const recorder = await recorderOf(recovery);
  expect(recorder.of('recovery-start')).toMatchObject([{ replicaNumber: 2, status: 'recovering' }]);
  expect(recorder.of('recovery-stop')).toMatchObject([{ replicaNumber: 2, status: 'normal' }]);
  const answers = recorder.of('recovery-answered');
  expect(answers.at(-1)?.answers).toBeGreaterThanOrEqual(2);
  expect(answers.map(({ from }) => from)).not.toContain(2);
});

test('an entry that a new view does not keep is reported as lost', async () => {
  const recorder = await recorderOf(cut);
  expect(recorder.of('log-conflict')).toMatchObject([{ replicaNumber: 0, kept: 2, lost: 1 }]);
  // The outcome is published when the replica ceases to be primary, before it stops.
  const given = recorder.events.findIndex(
    (event) => event.type === 'request-stop' && event.outcome === 'unknown',
  );
  expect(recorder.events[given]).toMatchObject({ replicaNumber: 0, at: 3 });
  const later = recorder.events.slice(given + 1).filter(({ run }) => run === recorder.events[given]?.run);
  expect(later.length).toBeGreaterThan(1);
});

test('a service that throws makes its operation fail, and events tell why', async () => {
  const recorder = await recorderOf(exception);
  expect(recorder.of('execution-exception')[0]).toMatchObject({ at: 2, reason: 'no such luck' });
  expect(recorder.of('request-stop').at(-1)).toMatchObject({ at: 2, outcome: 'failed' });
  expect(recorder.has('failed')).toBe(false);
});

test('a disk that fails makes its replica fail, and events tell why', async () => {
  const recorder = await recorderOf('a disk fails');
  expect(recorder.of('failed')[0]).toMatchObject({ reason: 'no such luck' });
  expect(recorder.of('leadership-stop')).toMatchObject([{ reason: 'failed' }]);
  expect(recorder.of('request-stop').at(-1)).toMatchObject({ at: 1, outcome: 'unknown' });
});
