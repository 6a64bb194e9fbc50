import { everywhere, type Mutant, oddSizes } from '../mutant.ts';

/** Mutants of the view change (VRR §4.2): which votes count, and what they contain. */
export const votes: readonly Mutant[] = [
  {
    name: 'lnv-last-attempted',
    rule: 'The last normal view is the last one in which the status was normal, not the last one that was attempted.',
    without:
      'The log of an old view counts as one of a later view and wins over the log that holds the answered requests.',
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
    rule: 'A vote with a later last normal view wins over one with a longer log.',
    without: 'Entries that a later view has dropped win over entries that it has committed.',
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
    rule: 'The new primary takes the best log of all votes, which may not be its own.',
    without:
      'The new primary may lack entries of the view before that were answered, and drops them for the whole group.',
    section: 'VRR §4.2',
    guarantee: 'durability',
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
    rule: 'A vote carries the whole log, including entries that its sender does not know to be committed.',
    without:
      'No vote contains the entries that a quorum holds without knowing that they are committed, so they are lost although they were answered.',
    section: 'VRR §4.2',
    guarantee: 'durability',
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
    rule: 'A view starts with the votes of a quorum, which includes the new primary.',
    without: 'A view starts from votes of replicas none of which may hold the answered requests.',
    section: 'VRR §4.2',
    guarantee: 'durability',
    seen: 'ityonemo/vsr',
    origin: 'catalogue',
    setups: oddSizes,
    shortestKnown: { steps: 5, estimated: false },
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: 'doViewChanges.length >= configuration.quorum &&',
        replace: 'doViewChanges.length + 1 >= configuration.quorum &&',
      },
    ],
  },
  {
    name: 'dvc-counts-messages',
    rule: 'Votes are counted by sender: a repeated one from the same replica counts once.',
    without:
      'One replica whose vote arrives twice completes a quorum, and the view starts from replicas none of which may hold the answered requests.',
    section: 'VRR §4.2',
    guarantee: 'durability',
    seen: 'ityonemo/vsr',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 7, estimated: false },
    edits: [
      {
        file: 'replica/handlers/viewChange.ts',
        find: 'replica.doViewChanges = [...others.filter((vote) => !isForgottenVote(vote, [message])), message];',
        replace: 'replica.doViewChanges = [...replica.doViewChanges, message];',
      },
    ],
  },
  {
    name: 'dvc-set-not-cleared',
    rule: 'A replica discards the votes for a view when it leaves that view.',
    without:
      'A vote for an earlier view counts for this one, although its sender has acknowledged more since.',
    section: 'VRR §4.2',
    guarantee: 'durability',
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
    rule: 'A replica repeats the messages of a stalled view change, and after a while calls for the next view.',
    without: 'If one message of the view change is lost, the group never completes it.',
    section: 'VRR §4.2',
    guarantee: 'liveness',
    origin: 'catalogue',
    setups: everywhere,
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
  {
    name: 'silent-vote-kept',
    rule: 'A new primary sets a vote aside whose log it cannot fetch, if the votes of a quorum are left.',
    without:
      'Votes arrive over a link that works in one direction only. The new primary asks that voter for its log for ever, and no view starts.',
    section: 'VRR §4.2',
    guarantee: 'liveness',
    setups: everywhere.filter(({ replicas }) => replicas > 3),
    edits: [
      {
        file: 'replica/handlers/viewChange.ts',
        find: 'if (transfer === undefined || doViewChanges.length <= configuration.quorum) return;',
        replace: 'if (transfer === undefined || doViewChanges.length <= configuration.size) return;',
      },
    ],
  },
];
