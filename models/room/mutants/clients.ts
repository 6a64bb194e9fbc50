import type { ShellMutant } from './shellMutant.ts';

/** Mutants of the client library. */
export const clientMutants: readonly ShellMutant[] = [
  {
    name: 'deadline-ignored',
    rule: 'A request ends by its deadline.',
    without: 'A program waits for as long as no majority answers.',
    edits: [
      {
        file: 'node/client/pendingRequest.ts',
        find: "clock.after(deadline, () => giveUp('deadline'))",
        replace: "clock.after(Number.POSITIVE_INFINITY, () => giveUp('deadline'))",
      },
    ],
    faults: ['darkness', 'cutOff'],
    breaks: ['requests-end-well'],
  },
  {
    name: 'deadline-timer-kept',
    rule: 'A request that has ended holds no timer.',
    without: 'Each request leaves a timer until its deadline.',
    edits: [{ file: 'node/client/pendingRequest.ts', find: '      stopTimer();\n', replace: '' }],
    faults: [],
    options: { pause: 100 },
    breaks: ['bounded'],
  },
  {
    name: 'sent-told-as-not-executed',
    rule: 'A request that was sent may have been executed, whatever became of its answer.',
    without: 'A program does again what was done.',
    edits: [
      {
        file: 'node/client/clientSession.ts',
        find: 'const wasSent = !this.takeBack(pending);',
        replace: 'const wasSent = !this.takeBack(pending) && this.closed !== undefined;',
      },
    ],
    faults: ['darkness', 'cutOff', 'kill', 'slowDisk'],
    options: { pause: 100 },
    breaks: ['linearizable'],
  },
  {
    name: 'clients-of-one-name',
    rule: 'Each client has a name of its own.',
    without: 'The answers to one client are taken for those to another.',
    edits: [
      {
        file: 'node/client/clusterClient.ts',
        find: 'platform.random.uuid()',
        replace: 'platform.random.uuid().slice(0, 0)',
      },
    ],
    faults: ['clientDies'],
    breaks: ['linearizable', 'answered', 'answered-in-time', 'requests-end-well'],
  },
  {
    name: 'lost-not-sent-again',
    rule: 'After a lost connection requests are sent again at once.',
    without: 'Requests that were lost with it wait for a retry timer that has backed off.',
    edits: [
      {
        file: 'node/client/clusterClient.ts',
        find: 'if (isRepeated && reachesPrimary) this.session.resend();',
        replace: '',
      },
      {
        file: 'node/client/clusterClient.ts',
        find: 'if (isRepeated && !reachesPrimary) this.session.resend();',
        replace: '',
      },
    ],
    faults: ['darkness'],
    // In a larger group a client also hears of the view that begins then.
    options: { replicas: 1, storm: 40_000 },
    breaks: ['answered-in-time', 'answered'],
  },
  {
    name: 'waiting-not-submitted',
    rule: 'Requests that wait for a connection are sent once there is one.',
    without: 'They wait until another request is made.',
    edits: [
      {
        file: 'node/client/clusterClient.ts',
        find: '    this.session.submit();\n    // What was sent',
        replace: '    // What was sent',
      },
    ],
    faults: ['blackout'],
    options: { clients: 3, parts: 1, pause: 10_000, storm: 20_000 },
    breaks: ['answered-in-time', 'answered'],
  },
  {
    name: 'retry-timer-not-set-sooner',
    rule: 'A timer that is set anew, sooner than before, fires sooner.',
    without: 'It fires when it was due before.',
    edits: [
      {
        file: 'node/driver/timers.ts',
        find: 'if (at < (this.set.get(name)?.at ?? Number.POSITIVE_INFINITY)) this.schedule',
        replace: 'if (!this.set.has(name)) this.schedule',
      },
    ],
    faults: ['darkness', 'cutOff', 'freeze', 'deadInbound'],
    breaks: ['answered-in-time', 'answered'],
  },
];
