import type { ShellMutant } from './shellMutant.ts';

/** Each undoes the mending of a fault that was found, or removes a rule that a crash must not break. */
export const foundMutants: readonly ShellMutant[] = [
  {
    name: 'silence-taken-for-rest',
    rule: 'A connection whose peer answers no sign of life is made again within some ticks.',
    without:
      'Connections that died without a word are kept until TCP finds out, though new ones would pass: no request is answered meanwhile.',
    edits: [
      {
        file: 'node/tcp/outboundConnection.ts',
        find: 'const silentTicks = 30;',
        replace: 'const silentTicks = 200;',
      },
    ],
    faults: ['deadInbound'],
    breaks: ['answered-in-time', 'answered'],
  },
  {
    name: 'patient-connect',
    rule: 'An attempt to connect is given up within some ticks, and made anew.',
    without: 'After a long time in which packets were dropped, the system asks again only seconds later.',
    edits: [
      {
        file: 'node/tcp/outboundConnection.ts',
        find: 'const connectTicks = 20;',
        replace: 'const connectTicks = 2_000;',
      },
    ],
    faults: ['darkness'],
    options: { storm: 120_000 },
    breaks: ['answered-in-time', 'answered'],
  },
  {
    name: 'resent-no-sooner',
    rule: 'What waits for an answer is sent again soon after a replica can be reached again.',
    without:
      'A replica that recovers, or waits for its group to be founded, asks again after a delay that has grown while no one could be reached.',
    edits: [
      {
        file: 'node/driver/replicaDriver.ts',
        find: "    this.timers.hasten('resend', delays.resend * this.environment.tick);\n",
        replace: '',
      },
    ],
    faults: ['darkness'],
    options: { isFounded: false },
    breaks: ['answered-in-time'],
  },
  {
    name: 'redial-in-step',
    rule: 'A connection that is being made goes on when its peer is heard of.',
    without:
      'Two replicas that connect to each other at one moment drop both connections, and do so again at one moment: the group never forms.',
    edits: [
      {
        file: 'node/tcp/outboundConnection.ts',
        find: 'if (this.stopTimer === undefined) return;',
        replace:
          "if (this.stopTimer === undefined) return this.connection.destroy('the replica started anew');",
      },
    ],
    faults: [],
    // A room in which packets between all machines, and syncs of all disks, take equally long.
    options: { slowestSync: 0, isRegular: true },
    breaks: ['answered-in-time', 'answered'],
  },
  {
    name: 'view-not-heard',
    rule: 'A client sends its requests again when it hears of a later view.',
    without: 'Requests that were lost with an earlier view wait for a retry timer that has backed off.',
    edits: [
      {
        file: 'node/client/clusterClient.ts',
        find: 'if (isLater) this.session.resend();',
        replace: '',
      },
    ],
    faults: ['darkness', 'cutOff', 'freeze', 'clientDies'],
    breaks: ['answered-in-time', 'answered'],
  },
  {
    name: 'vanished-peers-kept',
    rule: 'A connection on which no sign of life comes is closed by the end that accepted it, too.',
    without: 'The connections of clients that vanished stay open for ever, and take up all descriptors.',
    edits: [
      {
        file: 'node/tcp/listener.ts',
        find: 'if (now - heard - late > longest)',
        replace: 'if (now < heard)',
      },
    ],
    faults: ['clientDies'],
    options: { duration: 240_000, storm: 120_000 },
    breaks: ['bounded'],
  },
  {
    name: 'answered-before-durable',
    rule: 'What depends on a write waits until it is durable.',
    without:
      'A replica acknowledges what a power cut takes from it, and the others build on that: the group stands still.',
    edits: [
      {
        file: 'node/driver/replicaDriver.ts',
        find: 'await this.environment.storage.write(records);',
        replace: 'void this.environment.storage.write(records);',
      },
    ],
    // A blackout takes from all what slow disks have not written.
    faults: ['blackout', 'slowDisk', 'slowDisk', 'slowDisk', 'slowDisk', 'slowDisk'],
    options: { pause: 200, storm: 40_000 },
    breaks: ['linearizable', 'answered', 'answered-in-time', 'promises-handled'],
  },
  {
    name: 'older-copy-admitted',
    rule: 'A replica whose storage lacks its latest start that is known is not admitted.',
    without:
      'A directory that was put back from a copy has forgotten what its replica acknowledged, and nothing says so.',
    edits: [
      {
        file: 'node/tcp/admission.ts',
        find: "return isOlder(introduction, known) ? 'outdated' : undefined;",
        replace: "return isAlive && isOlder(introduction, known) ? 'outdated' : undefined;",
      },
    ],
    faults: ['putBack'],
    breaks: ['copy-set-aside'],
  },
];
