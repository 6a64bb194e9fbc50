import { durable, everywhere, groups, type Mutant, oddSizes } from '../mutant.ts';
import { acknowledgementsUncompared, endOfUnheld, logNamed } from './uncompared.ts';

/** Mutants of normal operation (VRR §4.1). */
export const normalOperation: readonly Mutant[] = [
  {
    name: 'commit-quorum-short',
    rule: 'An operation is committed only when a quorum, the primary included, holds it.',
    without:
      'The primary answers the client when too few replicas hold the entry. The next view may start without any of them, and the answered request is lost.',
    section: 'VRR §4.1',
    guarantee: 'durability',
    origin: 'catalogue',
    setups: oddSizes,
    shortestKnown: { steps: 5, estimated: false },
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: 'return reachedByQuorum(acknowledged, configuration.quorum);',
        replace: 'return reachedByQuorum(acknowledged, configuration.quorum - 1);',
      },
    ],
  },
  {
    name: 'read-without-log',
    rule: 'A read is ordered in the log like any other operation.',
    without:
      'The primary answers a read from its own state. A replica that is primary no longer, and does not know it, answers with a state that others have left behind.',
    section: 'VRR §4.1',
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: '  orderRequest(context, request);\n}',
        replace: `  const { service } = replica.configuration;
  if (request.requestNumber > 0 && service.isRead?.(request.operation)) {
    const { result } = service.apply(replica.serviceState, request.operation, { time: 0, random: 0 });
    return reply(context, answerOf(replica, request, { type: 'result', result }));
  }
  orderRequest(context, request);
}`,
      },
    ],
  },
  {
    name: 'count-acks-not-senders',
    rule: 'Acknowledgements are counted by sender: a repeated one from the same backup counts once.',
    without:
      'One backup whose acknowledgement arrives twice completes a quorum, and the primary answers a request that only two replicas hold.',
    section: 'VRR §4.1',
    guarantee: 'durability',
    seen: 'vsr-rs 2023, ityonemo/vsr',
    origin: 'catalogue',
    // With f = 1 the primary and one backup are a quorum, so it shows only where the primary's own writes are late.
    setups: [...durable, ...groups('diskless', 5)],
    shortestKnown: { steps: 16, estimated: true },
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: `const known = replica.acknowledged[replicaNumber] ?? 0;
  if (opNumber <= known) return isHeard ? undefined : drop(context, 'already-acknowledged');
  replica.acknowledged = replica.acknowledged.with(replicaNumber, opNumber);`,
        replace: `const slot = replica.acknowledged.findIndex((known) => known < opNumber);
  if (slot < 0) return isHeard ? undefined : drop(context, 'already-acknowledged');
  replica.acknowledged = replica.acknowledged.with(slot, opNumber);`,
      },
    ],
  },
  {
    name: 'ack-on-gap',
    rule: 'A backup acknowledges only entries that are in its log, and none that arrived before its predecessors.',
    without:
      'The primary counts a copy that does not exist and answers the client. The next view may start without the entry.',
    section: 'VRR §4.1',
    guarantee: 'durability',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 8, estimated: false },
    edits: [
      acknowledgementsUncompared,
      logNamed,
      {
        file: 'replica/handlers/normal.ts',
        find: `    answerPrimary(context, message.viewNumber);
    return fetchMissing(context);
  }
  const sender`,
        replace: `    const { viewNumber, opNumber } = message;
    const { replicaNumber } = replica;
    const { time: clock } = context.reading;
    const told = { ${endOfUnheld}, clock, checkpoint: null };
    sendToPrimary(context, { type: 'PREPAREOK', viewNumber, opNumber, replicaNumber, ...told });
    return fetchMissing(context);
  }
  const sender`,
      },
    ],
  },
  {
    name: 'prepare-old-view',
    rule: 'A backup drops a PREPARE of an earlier view, whose entries may no longer be in the log.',
    without:
      'A late PREPARE of a replaced primary is appended to the log of a view that never ordered it, and its sender counts it as held.',
    section: 'VRR §4.1',
    guarantee: 'durability',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 8, estimated: false },
    edits: [
      acknowledgementsUncompared,
      logNamed,
      {
        file: 'replica/handlers/normal.ts',
        find: `message: Prepare): void {
  const { replica } = context;
  if (!acceptsPrimary(context, message)) return;`,
        replace: `message: Prepare): void {
  const { replica } = context;
  const isLate = message.viewNumber < replica.viewNumber && replica.status === 'normal';
  if (!isLate && !acceptsPrimary(context, message)) return;`,
      },
      {
        file: 'replica/handlers/normal.ts',
        find: `  commitUpTo(context, message.commitNumber);
  acknowledge(context);`,
        replace: `  commitUpTo(context, message.commitNumber);
  const { viewNumber, opNumber } = message;
  const { replicaNumber } = replica;
  const primary = primaryOf(replica.configuration, viewNumber);
  const { time: clock } = context.reading;
  const told = { ${endOfUnheld}, clock, checkpoint: null };
  send(context, primary, { type: 'PREPAREOK', viewNumber, opNumber, replicaNumber, ...told });`,
      },
    ],
  },
  {
    name: 'prepare-adopts-view',
    rule: 'A PREPARE of a later view does not move a replica to that view, because its log may end in entries that the view has dropped.',
    without:
      'The replica enters the view with a log that ends in dropped entries, and executes other operations than the other replicas.',
    section: 'VRR §5.2',
    guarantee: 'agreement',
    seen: 'ityonemo/vsr',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 12, estimated: false },
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: "import { acknowledge, startResending } from '../transitions/view.ts';",
        replace: "import { acknowledge, enterNormal, startResending } from '../transitions/view.ts';",
      },
      {
        file: 'replica/handlers/normal.ts',
        find: `message: Prepare): void {
  const { replica } = context;
  if (!acceptsPrimary(context, message)) return;`,
        replace: `message: Prepare): void {
  const { replica } = context;
  if (message.viewNumber > replica.viewNumber)
    enterNormal(context, message.viewNumber, replica.log, replica.commitNumber);
  if (!acceptsPrimary(context, message)) return;`,
      },
    ],
  },
  {
    name: 'execute-out-of-order',
    rule: 'Before it executes an entry, a replica executes all entries before it.',
    without: 'Entries are skipped, and the service of this replica differs from that of the others.',
    section: 'VRR §4.1',
    guarantee: 'agreement',
    seen: 'vsr-rs 2023',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 8, estimated: true },
    edits: [
      {
        file: 'replica/transitions/execution.ts',
        find: 'while (replica.commitNumber < last) execute(context, replica.commitNumber + 1);',
        replace: 'if (replica.commitNumber < last) execute(context, last);',
      },
    ],
  },
  {
    name: 'commit-past-log',
    rule: 'The commit-number counts executed entries and never exceeds the length of the log.',
    without:
      'The replica counts entries as executed that it never held, so it never executes them when they arrive.',
    section: 'VRR §4.1',
    guarantee: 'agreement',
    seen: 'ityonemo/vsr, vstamp',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 6, estimated: true },
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: 'if (message.commitNumber > context.replica.log.length) return fetchMissing(context);',
        replace: `const { replica } = context;
  if (message.commitNumber > replica.log.length) {
    executeUpTo(context, replica.log.length);
    replica.commitNumber = message.commitNumber;
    return fetchMissing(context);
  }`,
      },
    ],
  },
  {
    name: 'commit-higher-view-executes',
    rule: 'A COMMIT of a later view executes nothing, because its commit-number refers to the log of that view.',
    without:
      'The commit-number refers to another log, so the replica executes entries that the later view has dropped.',
    section: 'VRR §5.2',
    guarantee: 'agreement',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 11, estimated: false },
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: `message: Commit): void {
`,
        replace: `message: Commit): void {
  if (message.viewNumber > context.replica.viewNumber) executeUpTo(context, message.commitNumber);
`,
      },
    ],
  },
  {
    name: 'execute-on-prepare',
    rule: 'A backup executes the entries that the primary reports as committed, not those that it has only been asked to hold.',
    without: 'The entry may be dropped with its view after this replica has executed it.',
    section: 'VRR §4.1',
    guarantee: 'agreement',
    origin: 'catalogue',
    // In a diskless group with f = 1, the primary and one backup are a quorum, so the entry is never dropped.
    setups: [...durable, ...groups('diskless', 5)],
    shortestKnown: { steps: 11, estimated: true },
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: `  commitUpTo(context, message.commitNumber);
  acknowledge(context);`,
        replace: `  commitUpTo(context, message.opNumber);
  acknowledge(context);`,
      },
    ],
  },
  {
    name: 'no-prepare-resend',
    rule: 'The primary sends a PREPARE again until its entry is committed: no other message tells a backup what it missed.',
    without: 'If a PREPARE is lost, its request waits until another request is sent.',
    section: 'VRR §4.1',
    guarantee: 'liveness',
    seen: 'haret',
    origin: 'catalogue',
    setups: everywhere,
    edits: [
      {
        file: 'replica/step.ts',
        find: 'return isPrimary(replica) ? resendPrepare(context) : resendGetState(context);',
        replace: `return isPrimary(replica)
        ? drop(context, 'everything-committed')
        : resendGetState(context);`,
      },
    ],
  },
];
