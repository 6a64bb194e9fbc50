import {
  type ConfigurationOptions,
  configure,
  type KeyValueOperation,
  keyValueService,
  type Service,
  type StorageMode,
} from '../../impl/index.ts';
import { ClusterClient } from '../../impl/node/client/clusterClient.ts';
import { LocalGroup } from '../../impl/node/localGroup.ts';
import { generousTimeout, ServedGroup, until } from '../node/servedGroup.ts';
import { authority, credentialsOf } from '../node/tcp/certificates.ts';
import { inVirtualTime } from '../node/virtualTime.ts';
import { DirectGroup } from './directGroup.ts';
import { EventRecorder } from './eventRecorder.ts';

const set = (value: string) => ({ type: 'set', key: 'a', value }) as const;

/** Scenarios, each of which yields the events that it recorded. */
export const scenarios = {
  'the primary crashes and comes back': () =>
    local('durable', {}, async (group) => {
      await group.request(set('1'), { deadline: generousTimeout });
      group.crash(0);
      await group.request(set('2'), { deadline: generousTimeout });
      group.start(0);
      await until(() => areEqual(group), 'all replicas have executed the same');
    }),
  'a replica recovers without a memory': () =>
    local('diskless', {}, async (group) => {
      await group.request(set('1'), { deadline: generousTimeout });
      group.crash(2);
      await group.request(set('2'), { deadline: generousTimeout });
      group.start(2);
      await until(() => areEqual(group), 'all replicas have executed the same');
    }),
  'a replica lags behind two checkpoints': () =>
    local('durable', { checkpointEvery: 4 }, async (group) => {
      group.crash(2);
      for (let index = 0; index < 20; index++)
        await group.request(set(String(index)), { deadline: generousTimeout });
      group.start(2);
      await until(() => areEqual(group), 'all replicas have executed the same');
    }),
  'a primary is cut off with a request': () =>
    local('durable', {}, async (group) => {
      await group.request(set('1'), { deadline: generousTimeout });
      group.cut(0, true);
      await group.request(set('2'), { deadline: generousTimeout });
      group.cut(0, false);
      await until(() => areEqual(group), 'all replicas have executed the same');
    }),
  'clients are more than sessions': recorded(async (recorder) => {
    const group = new DirectGroup({ sessions: 1 }).start();
    const session = await group.register('first');
    await group.ask(0, 'first', session, 1, set('1'));
    // The same request again is answered from the client-table.
    await group.ask(0, 'first', session, 1, set('1'));
    group.send(1, 'first', session, 2, set('2'));
    await until(() => recorder.of('request-stop').length === 3, 'the primary has executed it');
    await group.register('second');
    await group.ask(0, 'first', session, 3, set('3'));
    group.stop();
  }),
  'a client ends its session': recorded(async () => {
    const group = new DirectGroup({ sessions: 1 }).start();
    const session = await group.register('first');
    await group.ask(0, 'first', session, 0, null);
    // A late copy of the registration begins another session, which a late copy of the end leaves.
    await group.register('first');
    await group.ask(0, 'first', session, 0, null);
    await group.register('second');
    group.stop();
  }),
  'a service throws': recorded(async (recorder) => {
    const group = new DirectGroup({ service: { ...keyValueService, apply: fail } }).start();
    const session = await group.register('client');
    group.send(0, 'client', session, 1, set('1'));
    await until(() => recorder.of('request-stop').length === 2, 'the operation has failed');
    group.stop();
  }),
  'a disk fails': recorded(async (recorder) => {
    const group = new DirectGroup({ disksFail: true }).start();
    group.send(0, 'client', 0, 0, null);
    await until(() => recorder.has('failed'), 'the primary has failed');
    group.stop();
  }),
  'a whole group lost its memory': recorded(async () => {
    const group = new DirectGroup({ size: 1, findings: ['The end of the log is gone.'] });
    group.restartCorrupt();
    group.stop();
  }),
  'servers come and go': recorded(async (recorder) => {
    const group = await ServedGroup.start();
    try {
      await comeAndGo(group, recorder);
    } finally {
      await group.end();
    }
  }),
  'a server refuses a name': recorded(async () => {
    const by = await authority();
    const [replica, client] = await Promise.all([
      credentialsOf('replica-0', by),
      credentialsOf('reader', by),
    ]);
    const cluster = { access: { roles: { read: ['reader'] } } };
    const group = await ServedGroup.start({ size: 1, cluster, credentialsOf: () => replica });
    const reader = new ClusterClient({ ...group.cluster, tls: client });
    try {
      await reader.request(set('1'), { deadline: generousTimeout }).catch(() => undefined);
    } finally {
      reader.close();
      await group.end();
    }
  }),
} as const;

/** The name of a scenario. */
export type Scenario = keyof typeof scenarios;

async function comeAndGo(group: ServedGroup, recorder: EventRecorder): Promise<void> {
  await group.client().request(set('1'));
  const stranger = new ClusterClient({ ...group.cluster, limits: { window: 3 } });
  await stranger.request(set('2'), { deadline: generousTimeout }).catch(() => stranger.close());
  await until(() => recorder.has('rejected'), 'the stranger is rejected');
  for (const number of [1, 2]) await group.stop(number);
  await until(() => recorder.has('unsent'), 'a message cannot be sent');
  await group.stop(0);
  await group.forget(2);
  await group.start(2);
  await until(() => recorder.has('bootstrap-waiting'), 'the replica without a memory waits for the others');
}

function fail(): ReturnType<Service['apply']> {
  throw new Error('no such luck');
}

function recorded(play: (recorder: EventRecorder) => Promise<void>): () => Promise<EventRecorder> {
  return async () => {
    const recorder = new EventRecorder();
    try {
      await play(recorder);
    } finally {
      recorder.end();
    }
    return recorder;
  };
}

function local(
  mode: StorageMode,
  limits: ConfigurationOptions,
  play: (group: LocalGroup<KeyValueOperation>) => Promise<void>,
): Promise<EventRecorder> {
  return recorded(async () => {
    await inVirtualTime(async () => {
      const group = new LocalGroup(configure(3, mode, keyValueService, limits), 50);
      try {
        await play(group);
      } finally {
        group.close();
      }
    });
  })();
}

/** Whether all replicas are normal, and have executed the same entries. */
function areEqual(group: LocalGroup<KeyValueOperation>): boolean {
  const replicas = [0, 1, 2].map((number) => group.replica(number));
  const commits = replicas.map((replica) => replica?.commitNumber);
  return replicas.every((replica) => replica?.status === 'normal') && new Set(commits).size === 1;
}
