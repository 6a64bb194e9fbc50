import { everywhere, type Mutant } from '../mutant.ts';

/** Mutants of the view change (VRR §4.2): how a view starts, and what replicas do until then. */
export const starts: readonly Mutant[] = [
  {
    // The answer to a late vote starts the view at its sender, as the first STARTVIEW does elsewhere.
    name: 'late-vote-cut-at-commit',
    rule: 'The answer to a late vote carries the whole log of the view.',
    without:
      'The late replica enters the view without the entries that the view has ordered, and counts in the next view change as if it held them.',
    section: 'VRR §4.2',
    guarantee: 'durability',
    setups: everywhere,
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
    rule: 'A replica that enters a view by STARTVIEW sets its last normal view to that view.',
    without: 'Its log belongs to this view but votes as one of an earlier view, and loses to an older log.',
    section: 'VRR §4.2',
    guarantee: 'durability',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 13, estimated: false },
    edits: [
      {
        file: 'replica/handlers/viewChange.ts',
        find: `  enterNormal(context, viewNumber, log, commitNumber);
  becomeBackup(context);`,
        replace: `  const { lastNormalView } = replica;
  enterNormal(context, viewNumber, log, commitNumber, lastNormalView);
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
    rule: 'STARTVIEW replaces the log, even where the new log is shorter.',
    without: 'Dropped entries stay in the log and are executed under the numbers of other entries.',
    section: 'VRR §4.2',
    guarantee: 'agreement',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 10, estimated: false },
    edits: [
      {
        file: 'replica/handlers/viewChange.ts',
        find: `  enterNormal(context, viewNumber, log, commitNumber);
  becomeBackup(context);`,
        replace: `  let kept = log;
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
      'The backups drop entries that they have acknowledged before these are committed anywhere. If the new primary crashes, the entries are lost.',
    section: 'VRR §4.2',
    guarantee: 'durability',
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
    rule: 'The new primary commits only the entries that the votes report as committed. The others wait for acknowledgements in its view.',
    without:
      'The new primary answers for entries that it alone may hold, and the next view may start without it.',
    section: 'VRR §4.2',
    guarantee: 'durability',
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
    without:
      'The replica appends an entry to a log that it has already sent as a vote, or that is about to be replaced.',
    section: 'VRR §4.2',
    guarantee: 'durability',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 9, estimated: true },
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: `  if (replica.status !== 'normal') return drop(context, 'status-not-normal');
  const { requestNumber } = request;`,
        replace: `  if (replica.status !== 'normal' && replica.status !== 'view-change')
    return drop(context, 'status-not-normal');
  const { requestNumber } = request;`,
      },
    ],
  },
  {
    name: 'startview-reapplied',
    rule: 'A replica drops a STARTVIEW for a view in which it has already been normal.',
    without:
      'Entries that were acknowledged since the view started are erased, although the primary has counted them.',
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
    rule: 'A replica drops a STARTVIEW of an earlier view: views never go back.',
    without:
      'The replica goes back to a view that it has left, and so breaks the promise that it made by voting since.',
    section: 'VRR §4.2',
    guarantee: 'monotonic',
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
