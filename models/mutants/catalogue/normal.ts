import { durable, everywhere, groups, type Mutant, oddSizes } from '../mutant.ts';

/** Ways to get normal operation wrong (VRR §4.1). */
export const normalOperation: readonly Mutant[] = [
  {
    name: 'commit-quorum-short',
    rule: 'An operation is committed only when a quorum, the primary included, holds it.',
    without:
      'The client is answered when too few replicas hold the entry. The next view may start without any of them, and what was answered is lost.',
    section: 'VRR §4.1',
    guarantee: 'durability',
    seen: undefined,
    origin: 'catalogue',
    setups: oddSizes,
    shortestKnown: { steps: 5, estimated: false },
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: 'if (holders >= configuration.quorum) highest = opNumber;',
        replace: 'if (holders + 1 >= configuration.quorum) highest = opNumber;',
      },
    ],
  },
  {
    name: 'count-acks-not-senders',
    rule: 'Acknowledgements are counted by sender, so that one backup heard twice is still one.',
    without:
      'One backup whose acknowledgement is heard twice makes a quorum, and what only two replicas hold is answered.',
    section: 'VRR §4.1',
    guarantee: 'durability',
    seen: 'vsr-rs 2023, ityonemo/vsr',
    origin: 'catalogue',
    // In a small group the primary and one other suffice, unless the primary's own writes are late.
    setups: [...durable, ...groups('diskless', 5)],
    shortestKnown: { steps: 16, estimated: true },
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: `const known = replica.acknowledged[replicaNumber] ?? 0;
  if (opNumber <= known) return drop(context, 'already-acknowledged');
  replica.acknowledged = replica.acknowledged.with(replicaNumber, opNumber);`,
        replace: `const slot = replica.acknowledged.findIndex((known) => known < opNumber);
  if (slot < 0) return drop(context, 'already-acknowledged');
  replica.acknowledged = replica.acknowledged.with(slot, opNumber);`,
      },
    ],
  },
  {
    name: 'ack-on-gap',
    rule: 'A backup acknowledges what is in its log, and nothing that arrived before its predecessors.',
    without:
      'The primary counts a copy that does not exist, answers, and the next view may start without the entry.',
    section: 'VRR §4.1',
    guarantee: 'durability',
    seen: undefined,
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 8, estimated: false },
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: 'if (message.suffix.after > held) return fetchMissing(context);',
        replace: `if (message.suffix.after > held) {
    const { viewNumber, opNumber } = message;
    const { replicaNumber } = replica;
    sendToPrimary(context, { type: 'PREPAREOK', viewNumber, opNumber, replicaNumber });
    return fetchMissing(context);
  }`,
      },
    ],
  },
  {
    name: 'prepare-old-view',
    rule: 'A PREPARE of an earlier view is dropped: what that view still orders is not in the log any more.',
    without:
      'A late PREPARE of a primary that was replaced is put into the log of a view that never ordered it, and its sender counts it as held.',
    section: 'VRR §4.1',
    guarantee: 'durability',
    seen: undefined,
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 8, estimated: false },
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: `message: Prepare): void {
  const { replica } = context;
  if (!acceptsPrimary(context, message.viewNumber)) return;`,
        replace: `message: Prepare): void {
  const { replica } = context;
  const isLate = message.viewNumber < replica.viewNumber && replica.status === 'normal';
  if (!isLate && !acceptsPrimary(context, message.viewNumber)) return;`,
      },
      {
        file: 'replica/handlers/normal.ts',
        find: `  commitUpTo(context, message.commitNumber);
  acknowledge(context);`,
        replace: `  commitUpTo(context, message.commitNumber);
  const { viewNumber, opNumber } = message;
  const { replicaNumber } = replica;
  const primary = primaryOf(replica.configuration, viewNumber);
  send(context, primary, { type: 'PREPAREOK', viewNumber, opNumber, replicaNumber });`,
      },
    ],
  },
  {
    name: 'prepare-adopts-view',
    rule: 'A PREPARE of a later view does not move the view: the log may end in what that view has dropped.',
    without:
      'The replica takes up the view with a log that ends in what the view has dropped, and executes something else than the others.',
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
  if (!acceptsPrimary(context, message.viewNumber)) return;`,
        replace: `message: Prepare): void {
  const { replica } = context;
  const { viewNumber } = message;
  if (viewNumber > replica.viewNumber)
    enterNormal(context, viewNumber, replica.log, replica.commitNumber);
  if (!acceptsPrimary(context, viewNumber)) return;`,
      },
    ],
  },
  {
    name: 'execute-out-of-order',
    rule: 'Committing an entry executes all entries before it first.',
    without: 'Entries are skipped, and the service of this replica is not in the state of the others.',
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
    rule: 'The commit-number follows what was executed, and never runs ahead of the log.',
    without:
      'The replica believes that it has executed what it never held; what arrives then is never executed.',
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
    rule: 'A COMMIT of a later view executes nothing: its numbers speak of that view’s log, not of this one.',
    without: 'The number speaks of another log: entries are executed that the later view has dropped.',
    section: 'VRR §5.2',
    guarantee: 'agreement',
    seen: undefined,
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
    rule: 'A backup executes what the primary says is committed, not what it has just been asked to hold.',
    without: 'The entry may be dropped with its view, after this replica has executed it.',
    section: 'VRR §4.1',
    guarantee: 'agreement',
    seen: undefined,
    origin: 'catalogue',
    // With f = 1 and memory that counts, the primary and one backup are enough to keep an entry.
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
    rule: 'A PREPARE is sent again until it is committed: no other message would tell a backup what it missed.',
    without: 'A PREPARE that is lost leaves the request waiting until somebody else sends one.',
    section: 'VRR §4.1',
    guarantee: 'liveness',
    seen: 'haret',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: undefined,
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
