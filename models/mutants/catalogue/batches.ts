import { everywhere, type Mutant } from '../mutant.ts';
import { acknowledgementsUncompared, endOfUnheld, logNamed } from './uncompared.ts';

/** Mutants of batching: several requests in one PREPARE, while others wait (VRR §6.2). */
export const batches: readonly Mutant[] = [
  {
    name: 'batch-partial-ack',
    rule: 'A backup holds all entries of a batch that it acknowledges.',
    without:
      'The backup holds only the first request of the batch, and the primary counts a copy of each. The next view may start without the rest.',
    section: 'VRR §6.2',
    guarantee: 'durability',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 8, estimated: true },
    edits: [
      acknowledgementsUncompared,
      logNamed,
      {
        file: 'replica/handlers/normal.ts',
        find: 'extendTo(replica, log);',
        replace: 'extendTo(replica, log.prefix(held + 1));',
      },
      {
        file: 'replica/handlers/normal.ts',
        find: `  commitUpTo(context, message.commitNumber);
  acknowledge(context);`,
        replace: `  commitUpTo(context, message.commitNumber);
  const { viewNumber, opNumber } = message;
  const { replicaNumber } = replica;
  const { time: clock } = context.reading;
  const told = { ${endOfUnheld}, clock, checkpoint: null };
  sendToPrimary(context, { type: 'PREPAREOK', viewNumber, opNumber, replicaNumber, ...told });`,
      },
    ],
  },
  {
    name: 'batch-dup-inside',
    rule: 'A request that waits for its PREPARE counts as one that is being ordered.',
    without: 'A repetition of the request enters the same batch and is executed again.',
    section: 'VRR §6.2',
    guarantee: 'exactly-once',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 4, estimated: true },
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: 'const latest = latestPending(replica, request) ?? record?.requestNumber ?? requestNumber - 1;',
        replace: `const waiting = isPrimary(replica) ? replica.log.entriesAfter(sentUpTo(replica)) : [];
  const waits = waiting.some((other) => other.clientId === request.clientId);
  const running = waits ? undefined : latestPending(replica, request);
  const latest = running ?? record?.requestNumber ?? requestNumber - 1;`,
      },
    ],
  },
  {
    name: 'batch-overlap-appended',
    rule: 'A backup appends only those entries of a batch that it lacks.',
    without:
      'If the backup has fetched some entries of a batch before, the batch appends them a second time.',
    section: 'VRR §6.2',
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: 'extendTo(replica, log);',
        replace:
          'for (const request of message.suffix.entriesAfter(message.suffix.after)) append(replica, request);',
      },
    ],
  },
  {
    name: 'batch-left-waiting',
    rule: 'The primary sends the waiting requests as soon as an entry is committed.',
    without: 'They wait for the next request, which may never come.',
    section: 'VRR §6.2',
    guarantee: 'liveness',
    setups: everywhere,
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
    rule: 'A primary begins its view with no PREPARE outstanding but that of the log with which the view starts.',
    without:
      'The primary counts requests as sent that were lost with an earlier view of its own. It never sends the requests that have their numbers now.',
    section: 'VRR §6.2',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: `  replica.prepares = [];
  replica.heard = noReplicas;
  replica.startViewChanges = callers;`,
        replace: `  replica.heard = noReplicas;
  replica.startViewChanges = callers;`,
      },
      {
        file: 'replica/transitions/view.ts',
        find: `  replica.prepares = [];
  replica.heard = noReplicas;
  replica.startViewChanges = noReplicas;`,
        replace: `  replica.heard = noReplicas;
  replica.startViewChanges = noReplicas;`,
      },
    ],
  },
];
