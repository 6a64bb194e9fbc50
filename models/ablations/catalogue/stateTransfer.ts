import { type Ablation, everywhere } from '../ablation.ts';

/** Ways to get state transfer wrong (VRR §5.2). */
export const stateTransfer: readonly Ablation[] = [
  {
    name: 'lnv-raised-on-getstate',
    rule: 'Until the log of a later view has arrived, the log, the view and the last normal view stay as they were.',
    without:
      'A short log with a late last normal view wins the next view change, and what was answered is dropped.',
    section: 'VRR §5.2',
    guarantee: 'durability',
    seen: 'VRR itself',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 13, estimated: false },
    edits: [
      {
        file: 'replica/stateTransfer.ts',
        find: "  replica.status = 'state-transfer';",
        replace: `  const { log, commitNumber } = replica;
  becomeNormal(replica, effects, viewNumber, log.prefix(commitNumber), commitNumber);`,
      },
    ],
  },
  {
    name: 'truncate-on-getstate',
    rule: 'The end of the log is dropped only when what replaces it has arrived.',
    without:
      'What this replica had acknowledged is gone before anything replaces it; if a view change comes between, nobody knows of it.',
    section: 'VRR §5.2',
    guarantee: 'durability',
    seen: 'VRR itself, go-vsr',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 14, estimated: false },
    edits: [
      {
        file: 'replica/stateTransfer.ts',
        find: "import { append, executeUpTo } from './execution.ts';",
        replace: "import { append, executeUpTo, replaceLog } from './execution.ts';",
      },
      {
        file: 'replica/stateTransfer.ts',
        find: "  replica.status = 'state-transfer';",
        replace: `  replica.status = 'state-transfer';
  const { log, commitNumber } = replica;
  replaceLog(replica, effects, log.prefix(commitNumber), commitNumber);
  persistLog(replica, effects, commitNumber);`,
      },
    ],
  },
  {
    name: 'newstate-old-view',
    rule: 'A NEWSTATE counts only while its view is waited for: after a vote for a later view it is too late.',
    without:
      'The replica goes back to a view after it promised to leave it, and acknowledges there what the next view will not contain.',
    section: 'VRR §5.2',
    guarantee: 'durability',
    seen: undefined,
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 12, estimated: false },
    edits: [
      {
        file: 'replica/stateTransfer.ts',
        find: `  if (message.viewNumber !== replica.transfer?.viewNumber)
    return drop(effects, 'that state was not asked for');
`,
        replace: '',
      },
    ],
  },
  {
    name: 'newstate-keeps-suffix',
    rule: 'The log of a later view replaces everything after the commit-number, which that view may have dropped.',
    without:
      'An entry of its own that the view has dropped stays in the log, is acknowledged under a number that belongs to another, and may be executed.',
    section: 'VRR §5.2',
    guarantee: 'durability',
    seen: undefined,
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 16, estimated: false },
    edits: [
      {
        file: 'replica/stateTransfer.ts',
        find: `  let replaced = log.prefix(commitNumber);
  for (const request of message.suffix.entriesAfter(commitNumber)) replaced = replaced.append(request);`,
        replace: `  let replaced = log;
  for (const request of message.suffix.entriesAfter(log.length)) replaced = replaced.append(request);`,
      },
    ],
  },
  {
    name: 'getstate-carries-old-view',
    rule: 'GETSTATE names the view whose log is wanted.',
    without:
      'Nobody who is normal in the view that is wanted answers. Whoever missed its start waits until that view is over.',
    section: 'VRR §5.2',
    guarantee: 'liveness',
    seen: 'go-vsr',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: undefined,
    edits: [
      {
        file: 'replica/stateTransfer.ts',
        find: "send(replica, effects, asked, { type: 'GETSTATE', viewNumber, opNumber, replicaNumber });",
        replace:
          "send(replica, effects, asked, { type: 'GETSTATE', viewNumber: replica.viewNumber, opNumber, replicaNumber });",
      },
    ],
  },
];
