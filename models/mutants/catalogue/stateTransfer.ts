import { everywhere, type Mutant } from '../mutant.ts';

/** Mutants of state transfer (VRR §5.2). */
export const stateTransfer: readonly Mutant[] = [
  {
    name: 'lnv-raised-on-getstate',
    rule: 'Until the log of a later view has arrived, a replica keeps its log, view and last normal view.',
    without:
      'A short log with a late last normal view wins the next view change, and answered requests are dropped.',
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
    rule: 'The end of the log is dropped only when its replacement has arrived.',
    without:
      'The entries that this replica had acknowledged are gone before their replacement arrives. After a view change in between, no replica may hold them.',
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
    rule: 'A NEWSTATE counts only while the replica waits for its view. After a vote for a later view it is dropped.',
    without:
      'The replica goes back to a view that it promised to leave, and acknowledges entries there that the next view will not contain.',
    section: 'VRR §5.2',
    guarantee: 'durability',
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
      return extendLog(context, { viewNumber, asked: 0, silent: 0, log: replica.log, from: undefined, shown: undefined }, message);
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
    rule: 'The log of a later view replaces all entries after the commit-number, because that view may have dropped them.',
    without:
      'A dropped entry stays in the log. It is acknowledged under the number of another entry and may be executed.',
    section: 'VRR §5.2',
    guarantee: 'durability',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 16, estimated: false },
    edits: [
      {
        file: 'replica/transitions/transfer.ts',
        find: 'return replica.log.prefix(sharedWith(replica, viewNumber));',
        replace: 'return viewNumber < 0 ? replica.log.prefix(0) : replica.log;',
      },
    ],
  },
  {
    name: 'getstate-carries-old-view',
    rule: 'GETSTATE names the view whose log the replica needs.',
    without:
      'No replica that is normal in the needed view answers. The replica that missed the start of the view waits until that view is over.',
    section: 'VRR §5.2',
    guarantee: 'liveness',
    seen: 'go-vsr',
    origin: 'catalogue',
    setups: everywhere,
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
    rule: 'The new primary puts the piece of a log that a vote carries onto its own log only as far as both are known to be equal.',
    without: 'The view starts with a mixture of two logs.',
    section: 'VRR §5.3',
    guarantee: 'durability',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: 'if (suffix.after <= shared) return replica.log.prefix(shared);',
        replace: 'if (shared >= 0 && suffix.after <= replica.log.length) return replica.log;',
      },
    ],
  },
  {
    name: 'startview-piece-onto-own-log',
    rule: 'A backup puts the piece of a log that STARTVIEW carries onto the entries that it has executed, and onto no others.',
    without: 'Dropped entries stay in the log, before those with which the view starts.',
    section: 'VRR §5.3',
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/viewChange.ts',
        find: 'if (suffix.after > replica.commitNumber) return transferTo(context, message);',
        replace: 'if (suffix.after > replica.log.length) return transferTo(context, message);',
      },
    ],
  },
  {
    name: 'piece-taken-as-whole',
    rule: 'A replica enters a view only with the whole log of that view.',
    without:
      'A short log with a late last normal view wins the next view change, and answered requests are dropped.',
    section: 'VRR §5.2',
    guarantee: 'durability',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/stateTransfer.ts',
        find: '  if (log.length < message.opNumber) return sendGetState(context, fetched);\n',
        replace: '',
      },
    ],
  },
];
