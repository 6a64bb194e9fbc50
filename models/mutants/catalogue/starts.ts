import { everywhere, type Mutant } from '../mutant.ts';

/** Ways to get the view change wrong (VRR §4.2): how the view starts, and what is done meanwhile. */
export const starts: readonly Mutant[] = [
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
        file: 'replica/handlers/viewChange.ts',
        find: '    send(context, replicaNumber, currentStartView(replica));',
        replace: `    const { commitNumber } = replica;
    const cut = { suffix: replica.log.prefix(commitNumber).suffix(0), opNumber: commitNumber };
    send(context, replicaNumber, { ...currentStartView(replica), ...cut });`,
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
        file: 'replica/handlers/viewChange.ts',
        find: `  enterNormal(context, viewNumber, suffix.onto(replica.log), commitNumber);
  becomeBackup(context);`,
        replace: `  const { lastNormalView } = replica;
  enterNormal(context, viewNumber, suffix.onto(replica.log), commitNumber, lastNormalView);
  becomeBackup(context);`,
      },
      {
        file: 'replica/transitions/view.ts',
        find: 'viewNumber: number, log: Log, commitNumber: number)',
        replace: 'viewNumber: number, log: Log, commitNumber: number, lastNormalView = viewNumber)',
      },
      {
        file: 'replica/transitions/view.ts',
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
        file: 'replica/handlers/viewChange.ts',
        find: `  enterNormal(context, viewNumber, suffix.onto(replica.log), commitNumber);
  becomeBackup(context);`,
        replace: `  let kept = suffix.onto(replica.log);
  for (const request of replica.log.entriesAfter(opNumber)) kept = kept.append(request);
  enterNormal(context, viewNumber, kept, commitNumber);
  becomeBackup(context);`,
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
        file: 'replica/transitions/view.ts',
        find: `  const suffix = log.tail(configuration.maxChars);
  return { type: 'STARTVIEW', viewNumber, suffix, opNumber: log.length, commitNumber };`,
        replace: `  const suffix = log.prefix(commitNumber).tail(configuration.maxChars);
  return { type: 'STARTVIEW', viewNumber, suffix, opNumber: commitNumber, commitNumber };`,
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
        file: 'replica/transitions/view.ts',
        find: 'enterNormal(context, replica.viewNumber, log, committed);',
        replace: 'enterNormal(context, replica.viewNumber, log, Math.max(log.length, committed));',
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
        file: 'replica/handlers/normal.ts',
        find: `  if (replica.status !== 'normal') return drop(context, 'status-not-normal');
  const { clientId, requestNumber } = request;`,
        replace: `  if (replica.status !== 'normal' && replica.status !== 'view-change')
    return drop(context, 'status-not-normal');
  const { clientId, requestNumber } = request;`,
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
        file: 'replica/handlers/viewChange.ts',
        find: `  if (viewNumber === replica.viewNumber && replica.status !== 'view-change') {
    return drop(context, 'view-already-started');
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
        file: 'replica/handlers/viewChange.ts',
        find: "  if (viewNumber < replica.viewNumber) return drop(context, 'view-is-over');\n",
        replace: '',
      },
    ],
  },
];
