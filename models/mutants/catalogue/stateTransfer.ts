import { everywhere, type Mutant } from '../mutant.ts';

/** Ways to get state transfer wrong (VRR §5.2). */
export const stateTransfer: readonly Mutant[] = [
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
        file: 'replica/transitions/transfer.ts',
        find: "import { arm, disarm, drop, type StepContext, send } from './effects.ts';",
        replace: `import { arm, disarm, drop, type StepContext, send } from './effects.ts';
import { enterNormal } from './view.ts';`,
      },
      {
        file: 'replica/transitions/transfer.ts',
        find: "  replica.status = 'state-transfer';",
        replace: `  const { log, commitNumber } = replica;
  enterNormal(context, viewNumber, log.prefix(commitNumber), commitNumber);`,
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
        file: 'replica/transitions/transfer.ts',
        find: "import { arm, disarm, drop, type StepContext, send } from './effects.ts';",
        replace: `import { arm, disarm, drop, persistLog, type StepContext, send } from './effects.ts';
import { replaceLog } from './execution.ts';`,
      },
      {
        file: 'replica/transitions/transfer.ts',
        find: "  replica.status = 'state-transfer';",
        replace: `  replica.status = 'state-transfer';
  const { log, commitNumber } = replica;
  replaceLog(context, log.prefix(commitNumber), commitNumber);
  persistLog(context, commitNumber);`,
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
        file: 'replica/handlers/stateTransfer.ts',
        find: "if (message.viewNumber !== transfer?.viewNumber) return drop(context, 'state-not-asked-for');",
        replace: `if (message.viewNumber !== transfer?.viewNumber) {
    const { viewNumber, suffix, opNumber, commitNumber } = message;
    if (viewNumber === replica.viewNumber && replica.status === 'normal')
      return extendLog(context, { viewNumber, asked: 0, log: replica.log }, message);
    if (suffix.after > replica.commitNumber || opNumber < replica.commitNumber)
      return drop(context, 'answer-leaves-gap');
    enterNormal(context, viewNumber, suffix.onto(replica.log), commitNumber);
    return becomeBackup(context);
  }`,
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
        file: 'replica/transitions/transfer.ts',
        find: 'replica.transfer = { viewNumber, asked, log: replica.log.prefix(sharedWith(replica, viewNumber)) };',
        replace: 'replica.transfer = { viewNumber, asked, log: replica.log };',
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
        file: 'replica/transitions/transfer.ts',
        find: "send(context, asked, { type: 'GETSTATE', viewNumber, opNumber, replicaNumber });",
        replace:
          "send(context, asked, { type: 'GETSTATE', viewNumber: replica.viewNumber, opNumber, replicaNumber });",
      },
    ],
  },
  {
    name: 'vote-piece-onto-own-log',
    rule: 'What comes before the end of the log that a vote carries is the replica’s own only as far as that is sure to be the same.',
    without: 'The view starts with a mixture of two logs.',
    section: 'VRR §5.3',
    guarantee: 'durability',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: 'if (suffix.after <= sharedWith(replica, lastNormalView)) return suffix.onto(replica.log);',
        replace:
          'if (lastNormalView >= 0 && suffix.after <= replica.log.length) return suffix.onto(replica.log);',
      },
    ],
  },
  {
    name: 'startview-piece-onto-own-log',
    rule: 'The end of a log that STARTVIEW carries is put onto what was executed, and onto nothing else.',
    without: 'Entries that the view has dropped stay in the log, before those that it began with.',
    section: 'VRR §5.3',
    guarantee: 'agreement',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
    edits: [
      {
        file: 'replica/handlers/viewChange.ts',
        find: 'if (suffix.after > replica.commitNumber) return transferTo(context, viewNumber);',
        replace: 'if (suffix.after > replica.log.length) return transferTo(context, viewNumber);',
      },
    ],
  },
  {
    name: 'piece-taken-as-whole',
    rule: 'A view is taken up only with all of its log.',
    without:
      'A short log with a late last normal view wins the next view change, and what was answered is dropped.',
    section: 'VRR §5.2',
    guarantee: 'durability',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
    edits: [
      {
        file: 'replica/handlers/stateTransfer.ts',
        find: '  if (log.length < message.opNumber) return sendGetState(context, replica.transfer);\n',
        replace: '',
      },
    ],
  },
];
