import { expect, test } from 'vitest';
import { realShell, type Shell, shellWith } from '../../models/room/shell.ts';
import { RoomGroup } from './roomGroup.ts';

/** A rule of the shell about settings, outages, silence or identity, without which a group under test does not go as it should. */
interface GroupMutant {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** Whether all went as it should. */
  readonly isWell: (shell: Shell) => Promise<boolean>;
}

const set = { type: 'set', key: 'a', value: 'b' };
const get = { type: 'get', key: 'a' };

async function served(shell: Shell): Promise<RoomGroup> {
  const group = new RoomGroup(3, {}, shell);
  group.startAll();
  await group.request(set);
  return group;
}

/** All servers start again with another value; then with the former one. Yields why they ended, and what the key holds at last. */
async function changed(shell: Shell, given: Parameters<RoomGroup['startAll']>[0]) {
  const group = await served(shell);
  group.startAll(given);
  await group.pass(3);
  const ended = [0, 1, 2].map((number) => group.ended(number) ?? '');
  const other = group.lines(0).some(({ settings }) => settings !== undefined);
  group.startAll();
  return { ended, other, held: await group.request(get) };
}

const isFree = async (shell: Shell): Promise<boolean> => {
  const { ended, held } = await changed(shell, { limits: { pipeline: 4 } });
  return ended.every((reason) => reason === '') && held === 'b';
};

const isKept = async (shell: Shell): Promise<boolean> => {
  const [one, other] = [
    await changed(shell, { limits: { sessions: 5 } }),
    await changed(shell, { mode: 'diskless' }),
  ];
  return (
    one.ended.every((reason) => reason.includes('sessions was 4096, and is 5')) &&
    other.ended.every((reason) => reason.includes('mode was durable, and is diskless'))
  );
};

const isToldApart = async (shell: Shell): Promise<boolean> => {
  const group = await served(shell);
  group.start(1, { limits: { pipeline: 4 } });
  await group.pass(3);
  return group.lines(0).some(({ settings }) => settings === 'pipeline is 2 here, and 4 at replica 1');
};

/** What server 0 tells of outages in ten minutes after this has happened. */
async function outagesAfter(shell: Shell, happen: (group: RoomGroup) => void): Promise<readonly string[]> {
  const group = await served(shell);
  happen(group);
  await group.pass(600);
  return group
    .lines(0)
    .flatMap(({ outage, awaited }) => (outage === undefined ? [] : [`${outage} ${awaited?.join()}`]));
}

const isAloneTold = async (shell: Shell): Promise<boolean> => {
  const told = await outagesAfter(shell, (group) => {
    for (const number of [1, 2]) group.kill(number);
  });
  return told.length > 1 && told.length < 6 && told.every((one) => one === 'no-majority 1,2');
};

const isLossTold = async (shell: Shell): Promise<boolean> => {
  const told = await outagesAfter(shell, (group) => {
    for (const number of [1, 2]) {
      group.wipe(number);
      group.start(number);
    }
  });
  return told.length > 1 && told.length < 6 && told.every((one) => one === 'storage-lost 1,2');
};

/** Servers that are started one second after the other have nothing to tell. */
const isCalm = async (shell: Shell): Promise<boolean> => {
  const group = new RoomGroup(3, {}, shell);
  group.start(0);
  await group.pass(1);
  for (const number of [1, 2]) group.start(number);
  await group.pass(10);
  return group.lines(0).every(({ outage }) => outage === undefined);
};

/** Servers of which nothing is asked keep their connections. */
const areConnected = async (shell: Shell): Promise<boolean> => {
  const group = await served(shell);
  await group.pass(60);
  return group.lines(0).every(({ at, msg }) => at < 10 || !msg.includes('lost'));
};

/** A backup that stood still finds the primary's heartbeats in its sockets, and calls for no other view. */
const isPatient = async (shell: Shell): Promise<boolean> => {
  const group = await served(shell);
  for (let time = 0; time < 10; time++) {
    const thaw = group.freeze(2);
    await group.pass(1);
    thaw();
    await group.pass(1);
  }
  return group.status(1)?.viewNumber === 0;
};

/** A copy of a directory that is started elsewhere does not take the place of a server that founded the group, and runs. */
const isTwinDenied = async (shell: Shell): Promise<boolean> => {
  const group = await served(shell);
  const twinEnded = group.twin(0);
  await group.pass(10);
  return twinEnded()?.includes('two processes run as replica 0') === true && group.ended(0) === undefined;
};

/** A server that cannot listen, and is started again and again, uses up none of the starts that are kept. */
const isStartForgotten = async (shell: Shell): Promise<boolean> => {
  const group = await served(shell);
  const before = await group.fileSize(0, '/data/starts');
  group.network.taken.add('r0');
  for (let time = 0; time < 3; time++) {
    group.start(0);
    await group.pass(1);
  }
  const isTold = group.ended(0)?.includes('EADDRINUSE') === true;
  return isTold && before !== undefined && (await group.fileSize(0, '/data/starts')) === before;
};

const mutants: readonly GroupMutant[] = [
  {
    name: 'free-settings-hashed',
    file: 'node/cluster/settings.ts',
    find: 'return hashOf(configuration, [defaultMaxChars, defaultCheckpointEvery, defaultPipeline]);',
    replace: 'return formerGroupOf(configuration);',
    isWell: isToldApart,
  },
  {
    name: 'free-settings-kept',
    file: 'node/cluster/settings.ts',
    find: 'replicas_addresses: size,',
    replace: 'replicas_addresses: size, pipeline: arguments[0].pipeline,',
    isWell: isFree,
  },
  {
    name: 'settings-never-compared',
    file: 'node/storage/durable/superblock.ts',
    find: ': changes.length === 0) return;',
    replace: ': true) return;',
    isWell: isKept,
  },
  {
    name: 'mode-not-kept',
    file: 'node/cluster/settings.ts',
    find: '    mode,\n    sessions:',
    replace: '    sessions:',
    isWell: isKept,
  },
  {
    name: 'differences-untold',
    file: 'node/tcp/tcpTransport.ts',
    find: 'if (others !== undefined) this.observer.onOtherSettings(from, others);',
    replace: '',
    isWell: isToldApart,
  },
  {
    name: 'outage-told-without-end',
    file: 'node/outage/outageWatch.ts',
    find: 'reminder: Math.min(2 * reminder, lastReminder)',
    replace: 'reminder',
    isWell: isAloneTold,
  },
  {
    name: 'silent-ones-counted',
    file: 'node/outage/outage.ts',
    find: 'const voters = size - silent.length - lost.length;',
    replace: 'const voters = size - lost.length;',
    isWell: isAloneTold,
  },
  {
    name: 'loss-overlooked',
    file: 'node/outage/outage.ts',
    find: "return peer?.status === 'recovering' || peer?.status === 'bootstrapping';",
    replace: "return peer?.status === 'bootstrapping';",
    isWell: isLossTold,
  },
  {
    name: 'no-grace',
    file: 'node/outage/outageWatch.ts',
    find: 'if (outage.duration < graceTicks * this.tick) return;',
    replace: '',
    isWell: isCalm,
  },
  {
    name: 'no-sign-of-life',
    file: 'node/tcp/outboundConnection.ts',
    find: "this.watch.arm('alive', (this.isResting ? restTicks : aliveTicks) * tick);",
    replace: "if (!this.isAnswered) this.watch.arm('alive', aliveTicks * tick);",
    isWell: areConnected,
  },
  {
    name: 'late-input-first-lost',
    file: 'node/driver/timers.ts',
    find: 'const more = Math.min(late, due.grace);',
    replace: 'const more = Math.min(0, late, due.grace);',
    isWell: isPatient,
  },
  {
    name: 'hello-not-repeated',
    file: 'node/server.ts',
    find: "if (standing === 'member') this.transport.repeatHello();",
    replace: '',
    isWell: isTwinDenied,
  },
  {
    name: 'unheard-start-kept',
    file: 'node/server.ts',
    find: 'await options.storage.forgetStart().catch(() => undefined);',
    replace: '',
    isWell: isStartForgotten,
  },
];

test.each(mutants)(
  'the shell with the mutant $name does not go as it should, and the real one does',
  async ({ name, file, find, replace, isWell }) => {
    expect(await isWell(realShell), 'the real shell').toBe(true);
    expect(await isWell(await shellWith(name, [{ file, find, replace }])), name).toBe(false);
  },
  300_000,
);
