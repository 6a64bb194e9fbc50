import { durable, everywhere, groups, type Mutant } from '../mutant.ts';

/** Mutants of quorums, ranges and comparisons: one too few, one too many, or counted for the wrong view. */
export const counting: readonly Mutant[] = [
  {
    name: 'even-quorum-short',
    rule: 'In a group of even size a quorum is more than half, so any two quorums share a replica.',
    without: 'In a group of four, two halves decide independently of each other.',
    section: 'VRR §4',
    guarantee: 'agreement',
    setups: [...groups('durable', 4), ...groups('diskless', 4)],
    edits: [
      {
        file: 'replica/data/configuration.ts',
        find: 'const quorum = size - tolerated;',
        replace: 'const quorum = tolerated + 1;',
      },
    ],
  },
  {
    name: 'primary-counts-unwritten',
    rule: 'The primary counts itself only when the entry is on its own stable storage.',
    without:
      'The acknowledgement of one backup completes the quorum. If the primary loses the entry in a crash, that backup alone holds it.',
    section: 'VRR §4.1',
    guarantee: 'durability',
    setups: durable,
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: 'function heldByQuorum({ acknowledged, configuration }: Replica): number {',
        replace: `function heldByQuorum(replica: Replica): number {
  const { configuration, replicaNumber, log } = replica;
  const acknowledged = replica.acknowledged.with(replicaNumber, log.length);`,
      },
    ],
  },
  {
    name: 'ack-view-unchecked',
    rule: 'An acknowledgement counts only in the view that it names.',
    without:
      'Acknowledgements from an earlier view in which this replica was primary count for other entries with the same numbers.',
    section: 'VRR §4.1',
    guarantee: 'durability',
    seen: 'go-vsr',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 44, estimated: false },
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: `  if (viewNumber !== replica.viewNumber) return drop(context, 'acknowledgement-of-another-view');
  if (replica.status !== 'normal') return drop(context, 'status-not-normal');
  if (opNumber`,
        replace: `  if (replica.status !== 'normal') return drop(context, 'status-not-normal');
  if (opNumber`,
      },
    ],
  },
  {
    name: 'acks-kept-across-views',
    rule: 'A primary begins its view with no acknowledgements.',
    without:
      'Acknowledgements from its earlier view, which are for other entries with the same numbers, complete a quorum.',
    section: 'VRR §4.1',
    guarantee: 'durability',
    origin: 'catalogue',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: `  replica.status = 'view-change';
  replica.acknowledged = zeroForEach(replica.configuration);`,
        replace: "  replica.status = 'view-change';",
      },
      {
        file: 'replica/transitions/view.ts',
        find: `  replica.status = 'normal';
  replica.acknowledged = zeroForEach(replica.configuration);`,
        replace: "  replica.status = 'normal';",
      },
    ],
  },
  {
    name: 'old-votes-counted',
    rule: 'A vote counts only for the view that it names.',
    without:
      'A vote that its sender cast for another view, before it acknowledged more, helps to start this view.',
    section: 'VRR §4.2',
    guarantee: 'durability',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/viewChange.ts',
        find: "if (viewNumber === replica.viewNumber && replica.status === 'view-change') return true;",
        replace: "if (replica.status === 'view-change') return true;",
      },
    ],
  },
  {
    name: 'shortest-log-wins',
    rule: 'Of votes with the same last normal view, the one with the longest log wins.',
    without:
      'The new primary takes the log of the replica that holds the fewest entries, and answered requests are dropped.',
    section: 'VRR §4.2',
    guarantee: 'durability',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: 'return left.opNumber > right.opNumber;',
        replace: 'return left.opNumber < right.opNumber;',
      },
    ],
  },
  {
    name: 'prepare-appends-at-gap',
    rule: 'A PREPARE that does not follow the last entry is not appended: the backup fetches the missing entries first.',
    without: 'The entry gets the number of a missing entry.',
    section: 'VRR §4.1',
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: `  if (message.suffix.after > held) {
    answerPrimary(context, message.viewNumber);
    return fetchMissing(context);
  }
`,
        replace: `  if (message.suffix.after > held) {
    for (const request of message.suffix.entriesAfter(message.suffix.after)) append(replica, request);
    persistLog(context, held);
    commitUpTo(context, message.commitNumber);
    return acknowledge(context);
  }
`,
      },
    ],
  },
  {
    name: 'prepare-appends-again',
    rule: 'A PREPARE for an entry that the backup holds is acknowledged and not appended again.',
    without: 'A repeated PREPARE appends its request to the log twice.',
    section: 'VRR §4.1',
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: `  if (log.length > held) {
    extendTo(replica, log);`,
        replace: `  {
    for (const request of message.suffix.entriesAfter(message.suffix.after)) append(replica, request);`,
      },
    ],
  },
  {
    name: 'newstate-appends-again',
    rule: 'A replica appends only those entries of NEWSTATE that it lacks.',
    without: 'An answer that begins before the end of the log appends entries twice.',
    section: 'VRR §5.2',
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/stateTransfer.ts',
        find: 'extendTo(replica, log);',
        replace:
          'extendTo(replica, message.suffix.entriesAfter(message.suffix.after).reduce((all, entry) => all.append(entry), replica.log));',
      },
    ],
  },
  {
    name: 'small-group-tolerates-one',
    rule: 'A group of one or two replicas tolerates no failure.',
    without: 'In a group of two each replica alone is a quorum, and both commit different entries.',
    section: 'VRR §4',
    guarantee: 'agreement',
    setups: [...groups('durable', 2), ...groups('diskless', 2)],
    edits: [
      {
        file: 'replica/data/configuration.ts',
        find: 'const tolerated = Math.floor((size - 1) / 2);',
        replace: 'const tolerated = Math.max(1, Math.floor((size - 1) / 2));',
      },
    ],
  },
];
