import { configure, keyValueService, type Limits, type Service, type StorageMode } from '../../impl/index.ts';
import { ClusterClient } from '../../impl/node/client/clusterClient.ts';
import { LocalGroup } from '../../impl/node/localGroup.ts';
import { ServedGroup, until } from '../node/servedGroup.ts';
import { Direct } from './directGroup.ts';
import { Hearing } from './eventRecorder.ts';

const set = (value: string) => ({ type: 'set', key: 'a', value });

/** What happens while everything told is written down. */
export const scenarios = {
  'the primary crashes and comes back': () =>
    local('durable', {}, async (group) => {
      await group.request(set('1'), 20_000);
      group.crash(0);
      await group.request(set('2'), 20_000);
      group.start(0);
      await until(() => isEven(group), 'the replica has what the others have');
    }),
  'a replica recovers without a memory': () =>
    local('diskless', {}, async (group) => {
      await group.request(set('1'), 20_000);
      group.crash(2);
      await group.request(set('2'), 20_000);
      group.start(2);
      await until(() => isEven(group), 'the replica has what the others have');
    }),
  'a replica lags behind two checkpoints': () =>
    local('durable', { checkpointEvery: 4 }, async (group) => {
      group.crash(2);
      for (let index = 0; index < 20; index++) await group.request(set(String(index)), 20_000);
      group.start(2);
      await until(() => isEven(group), 'the replica has what the others have');
    }),
  'a primary is cut off with a request': () =>
    local('durable', {}, async (group) => {
      await group.request(set('1'), 20_000);
      group.cut(0, true);
      await group.request(set('2'), 20_000);
      group.cut(0, false);
      await until(() => isEven(group), 'the replica has what the others have');
    }),
  'clients are more than sessions': direct(async (hearing) => {
    const group = new Direct({ sessions: 1 }).start();
    const session = await group.register('first');
    await group.ask(0, 'first', session, 1, set('1'));
    // Again: it was executed already.
    await group.ask(0, 'first', session, 1, set('1'));
    group.say(1, 'first', session, 2, set('2'));
    await until(() => hearing.of('request-stop').length === 3, 'the primary has executed it');
    await group.register('second');
    await group.ask(0, 'first', session, 3, set('3'));
    group.stop();
  }),
  'a service throws': direct(async () => {
    const group = new Direct({ service: { ...keyValueService, apply: fail } }).start();
    const session = await group.register('client');
    group.say(0, 'client', session, 1, set('1'));
    await until(() => group.hosts[0]?.replica.log.length === 2, 'the request is ordered');
    await new Promise((resolve) => setTimeout(resolve, 20));
    group.stop();
  }),
  'a whole group lost its memory': direct(async () => {
    const group = new Direct({ size: 1, findings: ['The end of the log is gone.'] });
    group.recover(0);
    group.stop();
  }),
  'servers come and go': direct(async (hearing) => {
    const group = await ServedGroup.start();
    try {
      await comeAndGo(group, hearing);
    } finally {
      await group.end();
    }
  }),
} as const;

/** The name of a scenario. */
export type Scenario = keyof typeof scenarios;

async function comeAndGo(group: ServedGroup, hearing: Hearing): Promise<void> {
  await group.client().request(set('1'));
  const stranger = new ClusterClient({ ...group.cluster, limits: { window: 3 } });
  await stranger.request(set('2')).catch(() => stranger.close());
  await until(() => hearing.has('rejected'), 'the stranger is refused');
  for (const number of [1, 2]) await group.stop(number);
  await until(() => hearing.has('unsent'), 'a message has nowhere to go');
  await group.stop(0);
  await group.forget(2);
  await group.start(2);
  await until(() => hearing.has('bootstrap-waiting'), 'the one without a memory waits for the others');
}

function fail(): ReturnType<Service['apply']> {
  throw new Error('no such luck');
}

function direct(play: (hearing: Hearing) => Promise<void>): () => Promise<Hearing> {
  return async () => {
    const hearing = new Hearing();
    try {
      await play(hearing);
    } finally {
      hearing.end();
    }
    return hearing;
  };
}

function local(
  mode: StorageMode,
  limits: Limits,
  play: (group: LocalGroup) => Promise<void>,
): Promise<Hearing> {
  return direct(async () => {
    // So slow that no replica is given up because the machine has other things to do for a while.
    const group = new LocalGroup(configure(3, mode, keyValueService, limits), 50);
    try {
      await play(group);
    } finally {
      group.close();
    }
  })();
}

/** Whether all replicas are normal, and have executed the same. */
function isEven(group: LocalGroup): boolean {
  const replicas = [0, 1, 2].map((number) => group.replica(number));
  const commits = replicas.map((replica) => replica?.commitNumber);
  return replicas.every((replica) => replica?.status === 'normal') && new Set(commits).size === 1;
}
