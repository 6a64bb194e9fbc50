import { everywhere, type Mutant, oddSizes } from '../mutant.ts';

/** Ways to get the view change wrong (VRR §4.2): what is counted, and when. */
export const votes: readonly Mutant[] = [
  {
    name: 'lnv-last-attempted',
    rule: 'The last normal view is the last one in which the status was normal, not the last that was called for.',
    without:
      'A log that is of an old view is taken for one of a later view, and beats the log that holds what was answered.',
    section: 'VRR §4.2',
    guarantee: 'durability',
    seen: 'go-vsr, ityonemo/vsr',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 8, estimated: false },
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: `  replica.viewNumber = viewNumber;
  replica.transfer = undefined;`,
        replace: `  replica.lastNormalView = replica.viewNumber;
  replica.viewNumber = viewNumber;
  replica.transfer = undefined;`,
      },
    ],
  },
  {
    name: 'longest-log-wins',
    rule: 'A vote with a later last normal view beats one with a longer log.',
    without: 'Entries that a later view has dropped win over those that it committed.',
    section: 'VRR §4.2',
    guarantee: 'durability',
    seen: 'go-vsr',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 15, estimated: false },
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: '  if (left.lastNormalView !== right.lastNormalView) return left.lastNormalView > right.lastNormalView;\n',
        replace: '',
      },
    ],
  },
  {
    name: 'primary-keeps-own-log',
    rule: 'The new primary takes the best log among the votes, which may not be its own.',
    without: 'The new primary may lack what was answered in the view before, and drops it for all.',
    section: 'VRR §4.2',
    guarantee: 'durability',
    seen: undefined,
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 7, estimated: false },
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: 'enterNormal(context, replica.viewNumber, log, committed);',
        replace: 'enterNormal(context, replica.viewNumber, replica.log, committed);',
      },
    ],
  },
  {
    name: 'dvc-cut-at-commit',
    rule: 'A vote carries the whole log: what its sender does not know to be committed may be so all the same.',
    without:
      'What a quorum holds but does not know to be committed is in no vote, and is lost though it was answered.',
    section: 'VRR §4.2',
    guarantee: 'durability',
    seen: undefined,
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 7, estimated: false },
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: 'const { viewNumber, log, lastNormalView, commitNumber, replicaNumber } = replica;',
        replace: `const { viewNumber, lastNormalView, commitNumber, replicaNumber } = replica;
  const log = replica.log.prefix(commitNumber);`,
      },
    ],
  },
  {
    name: 'dvc-quorum-f',
    rule: 'A view starts with the votes of a quorum, the new primary’s own among them.',
    without: 'A view starts from votes that need not include anybody who holds what was answered.',
    section: 'VRR §4.2',
    guarantee: 'durability',
    seen: 'ityonemo/vsr',
    origin: 'catalogue',
    setups: oddSizes,
    shortestKnown: { steps: 5, estimated: false },
    edits: [
      {
        file: 'replica/handlers/viewChange.ts',
        find: 'replica.doViewChanges.length >= replica.configuration.quorum',
        replace: 'replica.doViewChanges.length + 1 >= replica.configuration.quorum',
      },
    ],
  },
  {
    name: 'dvc-counts-messages',
    rule: 'Votes are counted by sender, so that a vote heard twice is still one.',
    without:
      'One replica that is heard twice makes a quorum, and the view starts without anybody who holds what was answered.',
    section: 'VRR §4.2',
    guarantee: 'durability',
    seen: 'ityonemo/vsr',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 7, estimated: false },
    edits: [
      {
        file: 'replica/handlers/viewChange.ts',
        find: 'replica.doViewChanges = [...others, message];',
        replace: 'replica.doViewChanges = [...replica.doViewChanges, message];',
      },
    ],
  },
  {
    name: 'dvc-set-not-cleared',
    rule: 'Votes for a view are forgotten with that view.',
    without:
      'A vote for an earlier view counts for this one, although its sender has acknowledged more since.',
    section: 'VRR §4.2',
    guarantee: 'durability',
    seen: undefined,
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 16, estimated: false },
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: `  replica.doViewChanges = [];
  replica.retransmissions = 0;
  broadcastStartViewChange(context);`,
        replace: `  replica.retransmissions = 0;
  broadcastStartViewChange(context);`,
      },
      {
        file: 'replica/transitions/view.ts',
        find: `  replica.doViewChanges = [];
  replica.transfer = undefined;`,
        replace: '  replica.transfer = undefined;',
      },
    ],
  },
  {
    name: 'no-viewchange-retry',
    rule: 'A view change that stalls is repeated, and after a while given up for the next view.',
    without: 'When a message of the view change is lost, the group never leaves it.',
    section: 'VRR §4.2',
    guarantee: 'liveness',
    seen: undefined,
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: undefined,
    edits: [
      {
        file: 'replica/step.ts',
        find: 'return resendViewChange(context);',
        replace: "return drop(context, 'already-called');",
      },
      {
        file: 'replica/handlers/viewChange.ts',
        find: "if (replica.status === 'recovering') return drop(context, 'recovering');",
        replace: `if (replica.status === 'recovering' || replica.status === 'view-change')
    return drop(context, 'nothing-to-resend');`,
      },
    ],
  },
];
