import { everywhere, type Mutant } from '../mutant.ts';

/** Ways to get batches wrong: several requests in one PREPARE, while others wait for their turn (VRR §6.2). */
export const batches: readonly Mutant[] = [
  {
    name: 'batch-partial-ack',
    rule: 'A backup acknowledges as much of a batch as it holds, which is all of it.',
    without:
      'It holds the first request of the batch, and the primary counts a copy of each. The next view may start without the rest.',
    section: 'VRR §6.2',
    guarantee: 'durability',
    seen: undefined,
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 8, estimated: true },
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: 'for (const request of message.suffix.entriesAfter(held)) append(replica, request);',
        replace:
          'for (const request of message.suffix.entriesAfter(held).slice(0, 1)) append(replica, request);',
      },
      {
        file: 'replica/handlers/normal.ts',
        find: `  commitUpTo(context, message.commitNumber);
  acknowledge(context);`,
        replace: `  commitUpTo(context, message.commitNumber);
  const { viewNumber, opNumber } = message;
  const { replicaNumber } = replica;
  sendToPrimary(context, { type: 'PREPAREOK', viewNumber, opNumber, replicaNumber });`,
      },
    ],
  },
  {
    name: 'batch-dup-inside',
    rule: 'A request that waits for its PREPARE is known as one that is being ordered.',
    without: 'Its repetition goes into the same batch, and is executed again.',
    section: 'VRR §6.2',
    guarantee: 'exactly-once',
    seen: undefined,
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 4, estimated: true },
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: 'const latest = latestRunning(replica, request) ?? line?.requestNumber ?? requestNumber - 1;',
        replace: `const waiting = isPrimary(replica) ? replica.log.entriesAfter(sentUpTo(replica)) : [];
  const waits = waiting.some((other) => other.clientId === clientId);
  const running = waits ? undefined : latestRunning(replica, request);
  const latest = running ?? line?.requestNumber ?? requestNumber - 1;`,
      },
    ],
  },
  {
    name: 'batch-overlap-appended',
    rule: 'Of a batch only the entries that are missing are appended.',
    without: 'A batch of which the backup has fetched some entries before puts these into the log twice.',
    section: 'VRR §6.2',
    guarantee: 'agreement',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: 'for (const request of message.suffix.entriesAfter(held)) append(replica, request);',
        replace:
          'for (const request of message.suffix.entriesAfter(message.suffix.after)) append(replica, request);',
      },
    ],
  },
  {
    name: 'batch-left-waiting',
    rule: 'What waits is sent as soon as something is committed.',
    without: 'It waits for the next request, which may never come.',
    section: 'VRR §6.2',
    guarantee: 'liveness',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: `  sendPrepares(context);
  startResending(context);`,
        replace: '  startResending(context);',
      },
    ],
  },
  {
    name: 'pipeline-outlives-view',
    rule: 'A primary begins its view with nothing outstanding but what the view began with.',
    without:
      'It takes requests for sent that were lost with an earlier view of its own, and never sends those that have their numbers now.',
    section: 'VRR §6.2',
    guarantee: 'liveness',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: `  replica.prepares = [];
  replica.startViewChanges = noReplicas;
  replica.doViewChanges = [];
  replica.retransmissions`,
        replace: `  replica.startViewChanges = noReplicas;
  replica.doViewChanges = [];
  replica.retransmissions`,
      },
      {
        file: 'replica/transitions/view.ts',
        find: `  replica.prepares = [];
  replica.startViewChanges = noReplicas;
  replica.doViewChanges = [];
  replica.transfer`,
        replace: `  replica.startViewChanges = noReplicas;
  replica.doViewChanges = [];
  replica.transfer`,
      },
    ],
  },
];
