import { type Ablation, everywhere, oddSizes } from '../ablation.ts';

/** Ways to get the view change wrong (VRR §4.2): what is counted, and when. */
const votes: readonly Ablation[] = [
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
        file: 'replica/viewChange.ts',
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
        file: 'replica/viewChange.ts',
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
        file: 'replica/viewChange.ts',
        find: 'becomeNormal(replica, effects, replica.viewNumber, best.log, committed);',
        replace: 'becomeNormal(replica, effects, replica.viewNumber, replica.log, committed);',
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
        file: 'replica/viewChange.ts',
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
        file: 'replica/viewChange.ts',
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
        file: 'replica/viewChange.ts',
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
        file: 'replica/viewChange.ts',
        find: `  replica.doViewChanges = [];
  replica.retransmissions = 0;
  broadcastStartViewChange(replica, effects);`,
        replace: `  replica.retransmissions = 0;
  broadcastStartViewChange(replica, effects);`,
      },
      {
        file: 'replica/viewChange.ts',
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
        find: 'return resendViewChange(replica, effects);',
        replace: "return drop(effects, 'a view is called for once');",
      },
      {
        file: 'replica/viewChange.ts',
        find: "if (replica.status === 'recovering') return drop(effects, 'a recovering replica takes part in nothing');",
        replace: `if (replica.status === 'recovering' || replica.status === 'view-change')
    return drop(effects, 'this replica waits');`,
      },
    ],
  },
];

/** Ways to get the view change wrong (VRR §4.2): how the view starts, and what is done meanwhile. */
const starts: readonly Ablation[] = [
  {
    // Ours: the answer to a late vote is as much the start of the view as the first announcement.
    name: 'late-vote-cut-at-commit',
    rule: 'A late vote is answered with the whole log of the view.',
    without:
      'Who comes late takes up the view without what it has ordered, and counts in the next view change as if it had it all.',
    section: 'VRR §4.2',
    guarantee: 'durability',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
    edits: [
      {
        file: 'replica/viewChange.ts',
        find: '    send(replica, effects, replicaNumber, currentStartView(replica));',
        replace: `    const { commitNumber } = replica;
    const cut = { log: replica.log.prefix(commitNumber), opNumber: commitNumber };
    send(replica, effects, replicaNumber, { ...currentStartView(replica), ...cut });`,
      },
    ],
  },
  {
    name: 'lnv-stale-after-startview',
    rule: 'Who takes up a view by STARTVIEW has that view as its last normal one.',
    without: 'Its log is of this view, but votes as one of an earlier view, and loses to an older log.',
    section: 'VRR §4.2',
    guarantee: 'durability',
    seen: undefined,
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 13, estimated: false },
    edits: [
      {
        file: 'replica/viewChange.ts',
        find: `  becomeNormal(replica, effects, viewNumber, log, commitNumber);
  follow(replica, effects);`,
        replace: `  becomeNormal(replica, effects, viewNumber, log, commitNumber, replica.lastNormalView);
  follow(replica, effects);`,
      },
      {
        file: 'replica/viewChange.ts',
        find: `  commitNumber: number,
): void {`,
        replace: `  commitNumber: number,
  lastNormalView = viewNumber,
): void {`,
      },
      {
        file: 'replica/viewChange.ts',
        find: 'replica.lastNormalView = viewNumber;',
        replace: 'replica.lastNormalView = lastNormalView;',
      },
    ],
  },
  {
    name: 'startview-keeps-longer-suffix',
    rule: 'STARTVIEW replaces the log, also where it is shorter than the one held.',
    without: 'Entries that the view has dropped stay, and are executed under numbers that belong to others.',
    section: 'VRR §4.2',
    guarantee: 'agreement',
    seen: undefined,
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 10, estimated: false },
    edits: [
      {
        file: 'replica/viewChange.ts',
        find: `  becomeNormal(replica, effects, viewNumber, log, commitNumber);
  follow(replica, effects);`,
        replace: `  let kept = log;
  for (const request of replica.log.entriesAfter(log.length)) kept = kept.append(request);
  becomeNormal(replica, effects, viewNumber, kept, commitNumber);
  follow(replica, effects);`,
      },
    ],
  },
  {
    name: 'startview-cut-at-commit',
    rule: 'STARTVIEW carries the whole log with which the view starts, committed or not.',
    without:
      'The backups drop what they hold, and acknowledged, before it is committed anywhere; if the new primary crashes it is lost.',
    section: 'VRR §4.2',
    guarantee: 'durability',
    seen: undefined,
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 7, estimated: false },
    edits: [
      {
        file: 'replica/viewChange.ts',
        find: "return { type: 'STARTVIEW', viewNumber, log, opNumber: log.length, commitNumber };",
        replace: `const known = log.prefix(commitNumber);
  return { type: 'STARTVIEW', viewNumber, log: known, opNumber: known.length, commitNumber };`,
      },
    ],
  },
  {
    name: 'startview-commits-all',
    rule: 'The new primary commits what the votes say is committed; the rest waits for acknowledgements in its view.',
    without: 'The new primary answers for what only it may hold; the next view may start without it.',
    section: 'VRR §4.2',
    guarantee: 'durability',
    seen: undefined,
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 11, estimated: false },
    edits: [
      {
        file: 'replica/viewChange.ts',
        find: 'becomeNormal(replica, effects, replica.viewNumber, best.log, committed);',
        replace:
          'becomeNormal(replica, effects, replica.viewNumber, best.log, Math.max(best.log.length, committed));',
      },
    ],
  },
  {
    name: 'request-in-view-change',
    rule: 'A replica orders no requests before its view has started.',
    without: 'An entry is added to a log that has already been sent as a vote, or is about to be replaced.',
    section: 'VRR §4.2',
    guarantee: 'durability',
    seen: undefined,
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 9, estimated: true },
    edits: [
      {
        file: 'replica/normal.ts',
        find: "if (replica.status !== 'normal') return drop(effects, 'a request waits until the status is normal');",
        replace: `if (replica.status !== 'normal' && replica.status !== 'view-change')
    return drop(effects, 'a request waits until the status is normal');`,
      },
    ],
  },
  {
    name: 'startview-reapplied',
    rule: 'A STARTVIEW for a view that is held already is dropped: applied again, it erases what was acknowledged since.',
    without:
      'Entries that were acknowledged since the view started are erased again, and the primary has counted them.',
    section: 'VRR §4.2',
    guarantee: 'durability',
    seen: 'go-vsr, ityonemo/vsr',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 11, estimated: false },
    edits: [
      {
        file: 'replica/viewChange.ts',
        find: `  if (viewNumber === replica.viewNumber && replica.status !== 'view-change') {
    return drop(effects, 'this replica has held that view before');
  }
`,
        replace: '',
      },
    ],
  },
  {
    name: 'startview-old-view',
    rule: 'A STARTVIEW of an earlier view is dropped: views never go back.',
    without: 'The replica goes back to a view that it has left, and takes back what it has promised since.',
    section: 'VRR §4.2',
    guarantee: 'monotonic',
    seen: undefined,
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 12, estimated: false },
    edits: [
      {
        file: 'replica/viewChange.ts',
        find: "  if (viewNumber < replica.viewNumber) return drop(effects, 'that view is over');\n",
        replace: '',
      },
    ],
  },
];

/** Ways to get the view change wrong (VRR §4.2). */
export const viewChange: readonly Ablation[] = [...votes, ...starts];
