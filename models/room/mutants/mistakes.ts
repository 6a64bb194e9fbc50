import type { ShellMutant } from './shellMutant.ts';

/** Mutants of what a server does and says when its disk fails, or when its operator makes a mistake. */
export const mistakeMutants: readonly ShellMutant[] = [
  {
    name: 'stuck-disk-awaited',
    rule: 'A server ends if a sync of its disk does not end in time.',
    without:
      'A primary whose disk never answers shows signs of life, so that no other replica takes its place: no request is answered.',
    edits: [
      {
        file: 'node/storage/boundedSyncs.ts',
        find: 'const longestSync = 30_000;',
        replace: 'const longestSync = 2 ** 31 - 1;',
      },
    ],
    faults: ['stuckDisk'],
    breaks: ['answered', 'answered-in-time'],
  },
  {
    name: 'peer-note-fails-unnamed',
    rule: 'Whatever of its storage fails, a server ends with the directory and with what to do.',
    without:
      'A full disk is told by the code of the system alone, if the start of another replica was to be noted.',
    edits: [
      {
        file: 'node/storage/durable/durableStorage.ts',
        find: "throw asStorageError(this.directory, 'written', error);",
        replace: 'throw error;',
      },
    ],
    faults: ['fullDisk', 'failingDisk', 'readOnlyDisk', 'noDescriptors', 'kill'],
    breaks: ['servers-well'],
  },
  {
    name: 'set-aside-fails-unnamed',
    rule: 'Whatever of its storage fails, a server ends with the directory and with what to do.',
    without: 'If an older copy cannot be set aside, that is told by the code of the system alone.',
    edits: [
      {
        file: 'node/serve.ts',
        find: "throw asStorageError(directory, 'set aside', problem);",
        replace: 'throw problem;',
      },
    ],
    faults: ['putBack', 'failingDisk', 'failingDisk', 'failingDisk', 'failingDisk', 'failingDisk'],
    options: { replicas: 3, clients: 1, parts: 1, pause: 2_000, duration: 240_000, storm: 20_000 },
    breaks: ['servers-well'],
  },
  {
    name: 'other-address-unexplained',
    rule: 'A server that cannot listen at its address says what may be wrong with that.',
    without: 'A server whose file names the members in another order ends with the code of the system alone.',
    edits: [{ file: 'node/tcp/listener.ts', find: "'EADDRNOTAVAIL',", replace: "'EADDRNOTAVAIL?'," }],
    faults: ['otherOrder'],
    breaks: ['servers-well', 'all-take-part'],
  },
  {
    name: 'wrong-replica-believed',
    rule: 'A replica sends nothing on a connection on which another one answers than it called.',
    without:
      'A file with the members in another order is not noticed: two replicas get the messages of each other.',
    edits: [
      {
        file: 'node/tcp/tcpTransport.ts',
        find: 'if (replicaNumber !== number) {',
        replace: 'if (replicaNumber < 0) {',
      },
    ],
    faults: ['otherOrder'],
    breaks: ['servers-well', 'bounded', 'all-take-part', 'answered', 'answered-in-time'],
  },
  {
    name: 'directory-shared',
    rule: 'A directory that another process has open is not opened.',
    without: 'Two processes write into one directory.',
    edits: [
      {
        file: 'node/storage/durable/directory.ts',
        find: 'const held = await files.lock(lock);',
        replace: 'const held = (await files.lock(lock)) ?? { close: async () => undefined };',
      },
    ],
    faults: ['twoProcesses'],
    breaks: ['servers-well'],
  },
  {
    name: 'lost-and-found-refused',
    rule: 'A directory in which a file system of its own begins may be that of a replica.',
    without: 'A server does not start in a directory that holds lost+found.',
    edits: [
      {
        file: 'node/storage/durable/directory.ts',
        find: "return name === 'lost+found';",
        replace: "return name === 'LOST.DIR';",
      },
    ],
    faults: ['lostAndFound'],
    breaks: ['servers-well', 'all-take-part', 'answered', 'answered-in-time'],
  },
  {
    name: 'foreign-file-unexplained',
    rule: 'A server that finds a foreign file in its directory says what to do with it.',
    without: 'It says what it has found, and its operator does not know whether that may be moved.',
    edits: [
      {
        file: 'node/storage/durable/directory.ts',
        find: 'is no file of a replica: move it away.',
        replace: 'is no file of a replica.',
      },
    ],
    faults: ['foreignFile'],
    breaks: ['servers-well', 'all-take-part'],
  },
  {
    name: 'directory-of-another-opened',
    rule: 'A server does not start with the directory of another replica.',
    without:
      'Two replicas whose directories are exchanged forget what they have promised, and nothing says so.',
    edits: [
      {
        file: 'node/storage/durable/superblock.ts',
        find: 'if (found.replica !== owner.replica)',
        replace: 'if (found.replica < 0)',
      },
    ],
    faults: ['swapped', 'cloned'],
    breaks: ['servers-well', 'linearizable', 'all-take-part', 'answered', 'answered-in-time'],
  },
  {
    name: 'other-settings-opened',
    rule: 'A group keeps the settings with which it was founded.',
    without: 'A server starts with another setting than its group has.',
    edits: [
      {
        file: 'node/storage/durable/superblock.ts',
        find: 'before === undefined || after === undefined ? []',
        replace: 'path !== undefined ? []',
      },
    ],
    faults: ['groupSetting'],
    breaks: ['all-take-part', 'answered', 'answered-in-time', 'servers-well'],
  },
  {
    name: 'lost-view-unmended',
    rule: 'A server whose directory is lost says how its replica comes back.',
    without: 'It says what is lost, and its replica is away for good.',
    edits: [
      {
        file: 'node/storage/durable/directory.ts',
        find: 'Set the directory aside, keep it, and start this replica with an empty one',
        replace: 'Never run it again, that',
      },
    ],
    faults: ['ruined'],
    breaks: ['servers-well', 'all-take-part'],
  },
  {
    name: 'torn-view-told',
    rule: 'A slot that a power cut may have torn is no corruption.',
    without: 'After a power cut a server reports corruption, and its operator looks for a fault of the disk.',
    edits: [
      {
        file: 'node/storage/durable/readDirectory.ts',
        find: '...(mayBeTorn ? [] : copies.corruptions)',
        replace: '...copies.corruptions',
      },
    ],
    faults: ['killAtOperation'],
    options: { clients: 1, parts: 1, pause: 2_000, storm: 20_000 },
    breaks: ['servers-well'],
  },
];
