import { everywhere, type Mutant } from '../mutant.ts';

/** Mutants of the timers: any message may be lost, so only a timer ends a wait (VRR §4.1–4.3). */
export const timers: readonly Mutant[] = [
  {
    name: 'fetches-without-timer',
    rule: 'A replica that asks for entries arms the timer that asks the next replica.',
    without:
      'If the question or its answer is lost, the replica waits for entries that no replica will send.',
    section: 'VRR §5.2',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/transfer.ts',
        find: `  send(context, asked, { type: 'GETSTATE', viewNumber, opNumber, replicaNumber });
  arm(context, 'resend');`,
        replace: "  send(context, asked, { type: 'GETSTATE', viewNumber, opNumber, replicaNumber });",
      },
    ],
  },
  {
    name: 'heartbeats-stop',
    rule: 'A primary goes on with its heartbeats for as long as it is the primary.',
    without: 'The backups of an idle primary suspect it after its last heartbeat, although it is alive.',
    section: 'VRR §4.1',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: `  broadcast(context, commitOf(replica), 'view');
  arm(context, 'heartbeat');`,
        replace: "  broadcast(context, commitOf(replica), 'view');",
      },
    ],
  },
  {
    name: 'prepare-given-up',
    rule: 'A primary repeats a PREPARE until its entries are committed, however often that is.',
    without: 'If the network loses the PREPARE and its first repetitions, its entries wait forever.',
    section: 'VRR §4.1',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: `  replica.retransmissions++;
  arm(context, 'resend');`,
        replace: `  replica.retransmissions++;
  if (replica.retransmissions < 3) arm(context, 'resend');`,
      },
    ],
  },
  {
    name: 'view-change-given-up',
    rule: 'A replica repeats its messages for a view change until the view has started.',
    without:
      'If the network loses the messages and their first repetitions, the view starts only after another timeout.',
    section: 'VRR §4.2',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/viewChange.ts',
        find: `  replica.retransmissions++;
  arm(context, 'resend');`,
        replace: `  replica.retransmissions++;
  if (replica.retransmissions < 3) arm(context, 'resend');`,
      },
    ],
  },
  {
    name: 'retry-given-up',
    rule: 'A client repeats its outstanding requests until they are answered, however often that is.',
    without: 'If the network loses the request and its first repetitions, the client waits forever.',
    section: 'VRR §4.1',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'client/client.ts',
        find: 'delay: backedOff(delays.clientRetry, client.retries) });',
        replace: 'delay: client.retries < 3 ? backedOff(delays.clientRetry, client.retries) : 0 });',
      },
    ],
  },
  {
    name: 'backup-suspects-never',
    rule: 'A replica that becomes a backup arms the timer that suspects its primary.',
    without:
      'The backup waits for a dead primary forever. Too many such backups, and no quorum calls for the next view.',
    section: 'VRR §4.2',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: `  disarm(context, 'resend');
  arm(context, 'suspect');
  if (replica.log`,
        replace: `  disarm(context, 'resend');
  disarm(context, 'suspect');
  if (replica.log`,
      },
    ],
  },
  {
    name: 'answered-client-stops-asking',
    rule: 'A client that gets an answer goes on asking for its other outstanding requests.',
    without:
      'If the network loses one of two outstanding requests, no message repeats it once the other is answered.',
    section: 'VRR §4.1',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'client/client.ts',
        find: `  client.retries = 0;
  return [ended, { type: 'timer', delay: delays.clientRetry }];`,
        replace: `  client.retries = 0;
  return [ended, { type: 'timer', delay: 0 }];`,
      },
    ],
  },
];
