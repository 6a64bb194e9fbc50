import type { ShellMutant } from './shellMutant.ts';

/** Mutants of the connections between servers, and of clients to servers. */
export const connectionMutants: readonly ShellMutant[] = [
  {
    name: 'reconnect-given-up',
    rule: 'A connection that is lost is made again until it succeeds.',
    without: 'A replica that could not be reached for some seconds is never reached again.',
    edits: [
      {
        file: 'node/tcp/outboundConnection.ts',
        find: 'if (this.isClosed) return;\n    this.stopTimer',
        replace: 'if (this.isClosed || this.failures >= 8) return;\n    this.stopTimer',
      },
    ],
    faults: ['kill', 'refusing'],
    breaks: ['answered', 'all-take-part'],
  },
  {
    name: 'reconnect-ever-later',
    rule: 'The delay before a connection is made again has a limit.',
    without: 'After a long time without the peer, connections are made only after most of a minute.',
    edits: [
      {
        file: 'node/tcp/outboundConnection.ts',
        find: 'Math.min(2 ** this.failures, 10)',
        replace: '2 ** this.failures',
      },
    ],
    faults: ['darkness', 'refusing'],
    options: { storm: 120_000 },
    breaks: ['answered-in-time', 'answered'],
  },
  {
    name: 'connect-unwatched',
    rule: 'The time in which a peer must answer runs from the attempt to connect.',
    without: 'An attempt whose packets vanished is made again by the system alone, ever more rarely.',
    edits: [
      { file: 'node/tcp/outboundConnection.ts', find: '    this.awaitFor(connectTicks);\n', replace: '' },
    ],
    faults: ['darkness', 'cutOff', 'powerCut'],
    options: { storm: 120_000 },
    breaks: ['answered-in-time', 'answered'],
  },
  {
    name: 'welcome-unawaited',
    rule: 'A peer whose system answers must answer itself in time.',
    without: 'A connection that died before its welcome is kept for ever.',
    edits: [
      {
        file: 'node/tcp/outboundConnection.ts',
        find: '          this.awaitBytes();\n        },\n        onConnected',
        replace: "          this.watch.arm('silent', 0);\n        },\n        onConnected",
      },
    ],
    faults: ['freeze', 'freeze', 'powerCut', 'reset', 'deadInbound'],
    breaks: ['answered-in-time', 'answered', 'all-take-part'],
  },
  {
    name: 'heard-of-at-once',
    rule: 'A replica that hears of another connects to it at once, but only once in a tick.',
    without:
      'Where names lead to the wrong replicas, each connection that is refused lets the next replica connect: all of them do so without a pause.',
    edits: [
      {
        file: 'node/tcp/outboundConnection.ts',
        find: 'const wait = this.hastened + this.options.tick - clock.now();',
        replace: 'const wait = 0;',
      },
    ],
    faults: ['nameWrong', 'nameWrong', 'nameWrong', 'nameWrong'],
    options: { replicas: 3, clients: 1, parts: 1, pause: 2_000, storm: 40_000, duration: 240_000 },
    breaks: ['bounded'],
  },
  {
    name: 'reconnect-at-once',
    rule: 'A connection that was refused is made again after a delay.',
    without: 'A server that is down is called a thousand times a second.',
    edits: [
      {
        file: 'node/tcp/outboundConnection.ts',
        find: 'this.ticksToReconnect() * this.options.tick',
        replace: '0 * this.ticksToReconnect()',
      },
    ],
    faults: ['kill', 'refusing'],
    options: { duration: 10_000, storm: 10_000 },
    breaks: ['bounded'],
  },
  {
    name: 'name-given-up',
    rule: 'A name that is not found is looked up again.',
    without: 'A replica whose name was not found once is never reached again.',
    edits: [
      {
        file: 'node/tcp/outboundConnection.ts',
        find: 'if (this.isClosed) return;\n    this.stopTimer',
        replace: "if (this.isClosed || reason === 'ENOTFOUND') return;\n    this.stopTimer",
      },
    ],
    faults: ['nameUnknown'],
    options: { storm: 20_000 },
    breaks: ['answered-in-time', 'answered', 'all-take-part'],
  },
  {
    name: 'queue-unbounded',
    rule: 'A message that does not fit into the queue of its connection is not sent.',
    without: 'All that is sent to a replica that reads slowly waits in memory.',
    edits: [
      {
        file: 'node/tcp/framedConnection.ts',
        find: '!stream.isWritable || this.backlog + frame.length > limits.queue',
        replace: '!stream.isWritable',
      },
    ],
    faults: ['slowReader'],
    options: { replicas: 3, clients: 2, parts: 3, pause: 50, duration: 5_000, storm: 30_000, isNarrow: true },
    breaks: ['bounded'],
  },
  {
    name: 'hello-unawaited',
    rule: 'A peer that connects says hello in time.',
    without: 'The connections of strangers that say nothing stay open for as long as those of a replica.',
    edits: [
      {
        file: 'node/tcp/tcpTransport.ts',
        find: 'this.clock.after(helloTimeout, onTimeout)',
        replace: 'this.clock.after(100 * helloTimeout, onTimeout)',
      },
    ],
    faults: ['strangers'],
    options: { tick: 500, storm: 20_000 },
    breaks: ['bounded'],
  },
  {
    name: 'silent-connection-left',
    rule: 'A connection that is given up is closed.',
    without: 'Connections that died without a word pile up.',
    edits: [
      {
        file: 'node/tcp/outboundConnection.ts',
        find: 'this.unwelcomed++;\n    this.connection.destroy(',
        replace: 'this.unwelcomed++;\n    this.onClosed(',
      },
    ],
    faults: ['deadInbound', 'deadConnection', 'frozenConnections'],
    options: { storm: 120_000 },
    breaks: ['bounded', 'answered-in-time', 'answered'],
  },
  {
    name: 'silent-limit-off-by-a-power',
    rule: 'The time for a silent peer grows with the bytes that are on their way, up to a limit.',
    without: 'Where nothing is on its way, a dead connection is kept for ten seconds.',
    edits: [
      {
        file: 'node/tcp/outboundConnection.ts',
        find: '((mostTicks - silentTicks) * (before - this.arrived)) / Math.max(limits.frame, usualLimits.frame)',
        replace: 'silentTicks * (2 ** Math.min(3, 3 + before - this.arrived) - 1)',
      },
    ],
    faults: ['deadInbound'],
    breaks: ['answered-in-time', 'answered'],
  },
  {
    name: 'short-frames-awaited',
    rule: 'The time for a silent peer grows with the bytes that are on their way as if frames had the usual size, if they are shorter.',
    without: 'Where frames are short, one request on a dead connection keeps it for up to ten seconds.',
    edits: [
      {
        file: 'node/tcp/outboundConnection.ts',
        find: 'Math.max(limits.frame, usualLimits.frame)',
        replace: 'limits.frame',
      },
    ],
    faults: ['deadInbound'],
    options: { isNarrow: true },
    breaks: ['answered-in-time', 'answered'],
  },
  {
    name: 'one-sweep',
    rule: 'A listener looks for peers that vanished again and again.',
    without: 'The connections of clients that vanish later stay open for ever.',
    edits: [
      {
        file: 'node/tcp/listener.ts',
        find: 'this.reportFull();\n      this.sweepLater();',
        replace: 'this.reportFull();',
      },
    ],
    faults: ['clientDies'],
    options: { duration: 240_000, storm: 120_000 },
    breaks: ['bounded'],
  },
];
