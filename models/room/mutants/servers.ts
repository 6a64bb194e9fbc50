import type { ShellMutant } from './shellMutant.ts';

/** Mutants of servers: their driver, their standing in the group, and their log. */
export const serverMutants: readonly ShellMutant[] = [
  {
    name: 'acknowledged-too-far',
    rule: 'A sync makes durable what was written before it began.',
    without: 'Writes that were issued meanwhile are acknowledged with it, and a power cut takes them.',
    edits: [
      {
        file: 'node/driver/replicaDriver.ts',
        find: "this.take({ type: 'durable', write: issued });",
        replace: "this.take({ type: 'durable', write: this.issued });",
      },
    ],
    faults: ['blackout', 'slowDisk', 'slowDisk'],
    // What a group of one replica loses is lost.
    options: { replicas: 1, clients: 3, parts: 3, pause: 50, storm: 20_000 },
    breaks: ['answered', 'answered-in-time', 'linearizable', 'servers-well'],
  },
  {
    name: 'journal-unsynced',
    rule: 'A write is acknowledged once the journal is synced.',
    without:
      'A power cut takes what was acknowledged. The next start finds that out, and the replica recovers from the others, if there are any.',
    edits: [
      {
        file: 'node/storage/durable/journal/journal.ts',
        find: 'place.files.open(path, false, true)',
        replace: 'place.files.open(path, false)',
      },
      {
        file: 'node/storage/durable/journal/journal.ts',
        find: 'files.open(spare, false, true)',
        replace: 'files.open(spare, false)',
      },
    ],
    faults: ['blackout'],
    options: { pause: 100 },
    breaks: ['answered', 'answered-in-time', 'servers-well'],
  },
  {
    name: 'start-not-noted',
    rule: 'A replica notes the latest start of each other one.',
    without: 'An older copy of a directory is admitted.',
    edits: [
      {
        file: 'node/tcp/tcpTransport.ts',
        find: 'if (cluster === null || isNoted) this.welcome(peer);',
        replace: 'if (cluster === null || isNoted || connection !== undefined) this.welcome(peer);',
      },
    ],
    faults: ['putBack'],
    breaks: ['copy-set-aside', 'answered'],
  },
  {
    name: 'newcomer-noted',
    rule: 'A start that takes part in no group is not noted.',
    without:
      'A replica that started without its disk once is not admitted with it any more: a good directory is set aside.',
    edits: [
      {
        file: 'node/tcp/tcpTransport.ts',
        find: 'if (cluster === null || isNoted) this.welcome(peer);',
        replace: 'if (isNoted) this.welcome(peer);',
      },
    ],
    faults: ['unmounted'],
    breaks: ['linearizable', 'answered-in-time', 'answered', 'servers-well', 'all-take-part'],
  },
  {
    name: 'starts-unsynced',
    rule: 'A file is durable before it takes the place of another.',
    without: 'A power cut leaves a file of starts without its contents.',
    edits: [
      {
        file: 'node/storage/durable/startsFile.ts',
        find: '    await file.sync();\n',
        replace: '',
      },
    ],
    faults: ['killAtOperation'],
    breaks: ['answered-in-time', 'answered', 'servers-well', 'all-take-part'],
  },
  {
    name: 'denial-forgiven',
    rule: 'A server that is not admitted for long sets its directory aside.',
    without: 'It calls the others for ever, and takes part in nothing.',
    edits: [
      {
        file: 'node/server.ts',
        find: 'if (this.platform.clock.now() - since < denialTicks',
        replace: 'if (this.platform.clock.now() < since + 1_000 * denialTicks',
      },
    ],
    faults: ['putBack'],
    breaks: ['copy-set-aside', 'answered'],
  },
  {
    name: 'start-not-awaited',
    rule: 'A start is durable before any other replica hears of it.',
    without:
      'After a power cut the others have heard of a start that the directory lacks: a good directory is set aside.',
    edits: [
      {
        file: 'node/storage/openDurable.ts',
        find: 'await writeStarts(files, paths, starts);',
        replace: 'void writeStarts(files, paths, starts).catch(() => undefined);',
      },
    ],
    faults: ['powerCut', 'blackout', 'slowDisk', 'kill'],
    breaks: ['servers-well', 'answered'],
  },
  {
    name: 'restarted-before-stopped',
    rule: 'A server stops before another takes its place in the same process.',
    without: 'The address is taken, and the directory is in use.',
    edits: [
      {
        file: 'node/serve.ts',
        find: '      await server.stop();\n      const aside',
        replace: '      const aside',
      },
    ],
    faults: ['putBack'],
    breaks: ['servers-well', 'copy-set-aside'],
  },
  {
    name: 'standing-told-again',
    rule: 'What a replica stands for in its group is told when it changes.',
    without: 'Each step is logged.',
    edits: [{ file: 'node/server.ts', find: 'if (standing === this.standing) return;', replace: '' }],
    faults: [],
    options: { pause: 100 },
    breaks: ['bounded'],
  },
  {
    name: 'twin-not-believed-over',
    rule: 'A start that was heard a moment ago is believed alive only for a second.',
    without: 'A replica that lost its power is not admitted again for a minute.',
    edits: [
      {
        file: 'node/tcp/tcpTransport.ts',
        find: 'const silentTicks = 20;',
        replace: 'const silentTicks = 2_000;',
      },
    ],
    faults: ['powerCut', 'blackout'],
    breaks: ['answered-in-time', 'answered', 'servers-well'],
  },
];
