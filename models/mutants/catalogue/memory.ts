import { everywhere, groups, type Mutant } from '../mutant.ts';

/** Mutants of founding, and of the recovery of a replica whose storage was lost whole. */
export const memory: readonly Mutant[] = [
  {
    name: 'lost-storage-means-new',
    rule: 'A replica takes part in its group only once its storage says that it does: an empty one may have been lost.',
    without:
      'The replica takes its empty storage for sound, and votes and acknowledges with nothing, although it had acknowledged requests before.',
    section: 'VRR §4.3',
    guarantee: 'durability',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/recovery.ts',
        find: '  if (!isMember(image.membership)) return joinGroup(context, start, name);\n',
        replace: `  if (!isMember(image.membership)) {
    if (incarnation === 1 && replica.configuration.size > 1) return joinGroup(context, start, name);
    replica.membership = { founders: Array.from({ length: replica.configuration.size }, (_, number) => String(number)), generations: [] };
  }
`,
      },
    ],
  },
  {
    name: 'forgotten-votes-count',
    rule: 'A vote does not count any more once another voter knows that its sender has lost its memory since.',
    without:
      'A replica votes, loses its storage, recovers in the view before, and acknowledges requests there. Its old vote starts the view without them.',
    section: 'VRR §4.3',
    guarantee: 'durability',
    seen: 'VRR itself (Michael, Ports, Sharma, Szekeres 2017), where the view-number is lost too',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/viewChange.ts',
        find: 'return isForgotten(vote.replicaNumber, vote, others);',
        replace: 'return others.length < 0 && isForgotten(vote.replicaNumber, vote, others);',
      },
    ],
  },
  {
    name: 'forgotten-answer-counts',
    rule: 'An answer to a recovering replica does not count once another one knows that its sender has lost its memory since.',
    without:
      'A helper notes a loss, answers, and loses its storage. It votes without saying that another vote is forgotten, and the view starts without requests that were acknowledged. It takes five replicas.',
    section: 'VRR §4.3',
    guarantee: 'durability',
    seen: 'this project, before a review of its specification',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/recovery.ts',
        find: 'const responses = told.filter((one) => !isForgotten(one.replicaNumber, one.membership, known));',
        replace:
          'const responses = told.filter((one) => !isForgotten(one.replicaNumber, one.membership, known) || known.length > 0);',
      },
    ],
  },
  {
    name: 'loss-not-noted',
    rule: 'A replica notes that another has lost its memory before it helps that one to recover.',
    without:
      'It votes without saying that another vote is forgotten, and the view starts without requests that were acknowledged meanwhile.',
    section: 'VRR §4.3',
    guarantee: 'durability',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/recovery.ts',
        find: `  persistMembership(context);
}

function sendRecovering`,
        replace: `}

function sendRecovering`,
      },
    ],
  },
  {
    name: 'founded-without-all',
    rule: 'A group is founded only when all of its replicas have said that they take part in none.',
    without:
      'The founder has lost its storage, and founds the group again with others that have lost theirs or have not begun, although requests were acknowledged.',
    section: 'VRR §4',
    guarantee: 'durability',
    setups: groups('durable', 3, 4, 5),
    edits: [
      {
        file: 'replica/transitions/founding.ts',
        find: '  if (names.length < configuration.size) return;\n  begin(context, names);',
        replace: `  if (names.length < configuration.quorum) return;
  begin(context, Array.from({ length: configuration.size }, (_, number) => recovering.find((other) => other.replicaNumber === number)?.name ?? name));`,
      },
    ],
  },
  {
    name: 'founder-known-by-number',
    rule: 'A replica begins with its group only with the storage with which it was founded.',
    without:
      'A replica whose storage was lost begins as if it had never promised anything, and forgets the requests that it had acknowledged.',
    section: 'VRR §4.3',
    guarantee: 'durability',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/founding.ts',
        find: 'membership.founders[replicaNumber] === name && ',
        replace: '',
      },
      {
        file: 'replica/handlers/recovery.ts',
        find: 'if (founders[replicaNumber] === recovery.name) return begin(context, founders);',
        replace: 'if (replicaNumber > 0) return begin(context, founders);',
      },
    ],
  },
  {
    name: 'member-before-durable',
    rule: 'A replica stores that it takes part in its group before it says so.',
    without:
      'The founder tells the others that the group was founded, crashes, and knows nothing of it. It founds another one, or waits for ever.',
    section: 'VRR §4',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/founding.ts',
        find: '  persistMembership(context);\n',
        replace: '',
      },
    ],
  },
  {
    name: 'founding-not-told',
    rule: 'A member tells a founder that has not begun that the group was founded.',
    without:
      'A founder that did not hear of the founding waits for ever, because no other replica begins with it.',
    section: 'VRR §4',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/founding.ts',
        find: '  if (name === null || !isMember(membership)) return false;\n',
        replace: '  if (name === null || !isMember(membership) || status !== "recovering") return false;\n',
      },
    ],
  },
];
