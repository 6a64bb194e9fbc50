import type { Edit } from '../mutants/mutant.ts';
import type { FaultKind } from './faults.ts';
import type { RoomOptions } from './runRoom.ts';

/** A shell that lacks one rule, so that a run in the room must break a property. */
export interface ShellMutant {
  /** In kebab-case. */
  readonly name: string;
  /** The rule that is removed. */
  readonly rule: string;
  /** What happens without it. */
  readonly without: string;
  readonly edits: readonly Edit[];
  /** Faults that reveal it; one that is named more often strikes more often. */
  readonly faults: readonly FaultKind[];
  /** What else a run needs that reveals it. */
  readonly options?: Partial<Pick<RoomOptions, 'storm' | 'pause' | 'seed' | 'duration' | 'slowestSync'>>;
  /** Part of what is reported. */
  readonly report: string;
}

/** The mutants of the shell. Each undoes the mending of a fault that was found, or removes a rule that a crash must not break. */
export const shellMutants: readonly ShellMutant[] = [
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
    report: 'all was well, and',
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
    report: 'all was well, and',
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
    options: { seed: 1, slowestSync: 0 },
    report: 'all was well, and',
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
    report: 'all was well, and',
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
    report: 'connections',
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
    report: 'never answered',
  },
  {
    name: 'older-copy-admitted',
    rule: 'A replica whose storage lacks its latest start that is known is not admitted.',
    without:
      'A directory that was put back from a copy has forgotten what its replica acknowledged, and nothing says so.',
    edits: [
      {
        file: 'node/tcp/admission.ts',
        find: "return isOlder || lacksLatest ? 'outdated' : undefined;",
        replace: "return isOlder && lacksLatest && isAlive ? 'outdated' : undefined;",
      },
    ],
    faults: ['putBack'],
    report: 'earlier copy',
  },
];
