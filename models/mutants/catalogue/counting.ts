import { durable, everywhere, groups, type Mutant } from '../mutant.ts';

/** Ways to get quorums, ranges and comparisons wrong: one too few, one too many, or counted for the wrong view. */
export const counting: readonly Mutant[] = [
  {
    name: 'even-quorum-short',
    rule: 'In a group of even size a quorum is more than half: two quorums always share a replica.',
    without: 'In a group of four two halves decide on their own, each without the other.',
    section: 'VRR §4',
    guarantee: 'agreement',
    seen: undefined,
    origin: 'ours',
    setups: [...groups('durable', 4), ...groups('diskless', 4)],
    shortestKnown: undefined,
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
    rule: 'The primary counts itself only when its own storage holds the entry.',
    without:
      'One backup is enough to answer, and if the primary loses the entry in a crash that backup alone has it.',
    section: 'VRR §4.1',
    guarantee: 'durability',
    seen: undefined,
    origin: 'ours',
    setups: durable,
    shortestKnown: undefined,
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
      'What was acknowledged in an earlier view, when this replica led it, is counted for other entries of the same numbers.',
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
`,
        replace: '',
      },
    ],
  },
  {
    name: 'acks-kept-across-views',
    rule: 'A primary begins its view with no acknowledgements.',
    without:
      'Acknowledgements of its earlier view, which are of other entries with the same numbers, make a quorum.',
    section: 'VRR §4.1',
    guarantee: 'durability',
    seen: undefined,
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: undefined,
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: `  replica.status = 'view-change';
  replica.acknowledged = nothingAcknowledged(replica.configuration);`,
        replace: "  replica.status = 'view-change';",
      },
      {
        file: 'replica/transitions/view.ts',
        find: `  replica.status = 'normal';
  replica.acknowledged = nothingAcknowledged(replica.configuration);`,
        replace: "  replica.status = 'normal';",
      },
    ],
  },
  {
    name: 'old-votes-counted',
    rule: 'A vote counts only in the view change that it names.',
    without:
      'A vote that was cast before its sender acknowledged more, or for another view, helps to start this one.',
    section: 'VRR §4.2',
    guarantee: 'durability',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
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
    rule: 'Of votes with the same last normal view the one with the longest log wins.',
    without: 'The new primary takes the log of whoever heard least, and what was answered is dropped.',
    section: 'VRR §4.2',
    guarantee: 'durability',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
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
    rule: 'A PREPARE that does not follow the last entry is not appended: what lies between is fetched first.',
    without: 'The entry gets the number of one that is missing.',
    section: 'VRR §4.1',
    guarantee: 'agreement',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: `  if (message.suffix.after > held) return fetchMissing(context);
  if (message.opNumber > held) {
    for (const request of message.suffix.entriesAfter(held))`,
        replace: `  if (message.opNumber > held) {
    for (const request of message.suffix.entriesAfter(Math.max(held, message.suffix.after)))`,
      },
    ],
  },
  {
    name: 'prepare-appends-again',
    rule: 'A PREPARE for an entry that is held is acknowledged, and not appended once more.',
    without: 'A PREPARE that is repeated puts its request into the log twice.',
    section: 'VRR §4.1',
    guarantee: 'agreement',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: `  if (message.opNumber > held) {
    for (const request of message.suffix.entriesAfter(held))`,
        replace: `  {
    for (const request of message.suffix.entriesAfter(message.suffix.after))`,
      },
    ],
  },
  {
    name: 'newstate-appends-again',
    rule: 'Of what NEWSTATE carries only the entries that are missing are appended.',
    without: 'An answer that begins before the log’s end puts entries into the log twice.',
    section: 'VRR §5.2',
    guarantee: 'agreement',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
    edits: [
      {
        file: 'replica/handlers/stateTransfer.ts',
        find: 'for (const request of message.suffix.entriesAfter(held)) append(replica, request);',
        replace:
          'for (const request of message.suffix.entriesAfter(message.suffix.after)) append(replica, request);',
      },
    ],
  },
];
