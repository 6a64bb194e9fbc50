import { durable, everywhere, type Mutant } from '../mutant.ts';

/** Mutants of writes: too late, incomplete, or not read back (VRR §4.3 with stable storage). */
export const writes: readonly Mutant[] = [
  {
    name: 'view-not-durable',
    rule: 'A replica calls or votes for a view only when that view is on its stable storage.',
    without:
      'After a crash the replica has forgotten its vote, and acknowledges entries in the earlier view that the later one is about to drop.',
    section: 'VRR §4.2',
    guarantee: 'durability',
    seen: 'TigerBeetle',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 8, estimated: false },
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: `  persistView(context);
  callViewChange(context, callers);`,
        replace: '  callViewChange(context, callers);',
      },
    ],
  },
  {
    name: 'lnv-not-durable',
    rule: 'The last normal view is on stable storage together with its log.',
    without: 'A restarted replica votes as if its log were from view 0, and loses to an older, shorter log.',
    section: 'VRR §4.2',
    guarantee: 'durability',
    seen: 'TigerBeetle',
    origin: 'catalogue',
    setups: durable,
    shortestKnown: { steps: 18, estimated: false },
    edits: [
      {
        file: 'replica/transitions/effects.ts',
        find: 'const lastNormalView = durable ? replica.lastNormalView : 0;',
        replace: 'const lastNormalView = 0;',
      },
    ],
  },
  {
    name: 'ack-before-durable',
    rule: 'A backup sends an acknowledgement only when its entries are on stable storage.',
    without: 'The primary counts a copy that a crash can still erase.',
    section: 'VRR §4.1',
    guarantee: 'durability',
    seen: 'TigerBeetle',
    origin: 'catalogue',
    setups: durable,
    shortestKnown: { steps: 8, estimated: false },
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: "import { installCheckpoint, replaceLog } from './execution.ts';",
        replace: `import { send } from './effects.ts';
import { installCheckpoint, replaceLog } from './execution.ts';`,
      },
      {
        file: 'replica/transitions/view.ts',
        find: 'sendToPrimary(context, held);',
        replace: `const primary = viewNumber % context.replica.configuration.size;
  send(context, primary, held, 'view');`,
      },
    ],
  },
  {
    name: 'restarted-primary-resumes-view',
    rule: 'A restarted primary calls for the next view, because it may have sent PREPAREs that its storage does not hold.',
    without:
      'The primary gives the number of an entry that it has sent, and that a backup holds, to another request.',
    section: 'VRR §4.3',
    guarantee: 'agreement',
    origin: 'catalogue',
    setups: durable,
    shortestKnown: { steps: 12, estimated: true },
    edits: [
      {
        file: 'replica/handlers/recovery.ts',
        find: "import { fetchLog } from '../transitions/transfer.ts';",
        replace: `import { fetchLog } from '../transitions/transfer.ts';
import { becomePrimary } from '../transitions/view.ts';`,
      },
      {
        file: 'replica/transitions/view.ts',
        find: 'function becomePrimary(',
        replace: 'export function becomePrimary(',
      },
      {
        file: 'replica/handlers/recovery.ts',
        find: 'if (isPrimary(replica)) enterViewChange(context, image.viewNumber + 1);',
        replace: 'if (isPrimary(replica)) becomePrimary(context);',
      },
    ],
  },
  {
    name: 'torn-write-taken',
    rule: 'A restarting replica ignores an incomplete write, on which no other replica can rely and which may still be erased.',
    without:
      'The replica relies on half of a write without telling the others, which assume that it never held it.',
    section: 'VRR §4.3',
    guarantee: 'durability',
    setups: durable,
    edits: [{ file: 'replica/data/storage.ts', find: 'return complete;', replace: 'return candidate;' }],
  },
  {
    name: 'view-written-without-log',
    rule: 'A view and the log with which it starts become durable together.',
    without: 'After a crash an old log counts as the log of the new view.',
    section: 'VRR §4.2',
    guarantee: 'durability',
    setups: durable,
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: `  persistView(context, log, checkpoint, isJoining ? replica.membership : undefined);
`,
        replace: `  persistView(context, undefined, checkpoint, isJoining ? replica.membership : undefined);
`,
      },
    ],
  },
  {
    name: 'call-before-write',
    rule: 'A replica writes its new view to stable storage before it calls for that view.',
    without:
      'The call leaves at once. After a crash the replica has forgotten it and continues in the view before.',
    section: 'VRR §4.2',
    guarantee: 'durability',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: `  persistView(context);
  callViewChange(context, callers);`,
        replace: `  callViewChange(context, callers);
  persistView(context);`,
      },
    ],
  },
  {
    name: 'ack-then-write',
    rule: 'A backup writes an entry to stable storage before it acknowledges it.',
    without:
      'The acknowledgement does not wait for the write, and a crash can still erase an entry that the primary has counted.',
    section: 'VRR §4.1',
    guarantee: 'durability',
    setups: durable,
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: `    persistLog(context, held);
  }
  commitUpTo(context, message.commitNumber);
  acknowledge(context);`,
        replace: `    acknowledge(context);
    persistLog(context, held);
  }
  commitUpTo(context, message.commitNumber);
  acknowledge(context);`,
      },
    ],
  },
  {
    name: 'fetched-entries-not-written',
    rule: 'Entries from state transfer are written to stable storage before they are acknowledged.',
    without: 'The entries are acknowledged and counted, and a crash erases them.',
    section: 'VRR §5.2',
    guarantee: 'durability',
    setups: durable,
    edits: [
      {
        file: 'replica/handlers/stateTransfer.ts',
        find: `    persistLog(context, held);
`,
        replace: '',
      },
    ],
  },
  {
    name: 'written-from-wrong-entry',
    rule: 'A write begins at the first entry that changed.',
    without: 'After a crash the replica reads back a mixture of two logs.',
    section: 'VRR §4.3',
    guarantee: 'durability',
    setups: durable,
    edits: [
      {
        file: 'replica/transitions/effects.ts',
        find: 'log.suffix(Math.max(replica.commitNumber, log.base))',
        replace: 'log.suffix(Math.max(Math.min(replica.log.length, log.length), log.base))',
      },
    ],
  },
  {
    name: 'restart-forgets-last-normal-view',
    rule: 'A restarting replica restores its last normal view from stable storage.',
    without: 'Its log votes as one of view 0 and loses to an older one.',
    section: 'VRR §4.3',
    guarantee: 'durability',
    setups: durable,
    edits: [
      {
        file: 'replica/handlers/recovery.ts',
        find: `  replica.lastNormalView = image.lastNormalView;
`,
        replace: '',
      },
    ],
  },
  {
    name: 'disk-prefix-past-commit',
    rule: 'A restarting replica executes only entries that it knows to be committed.',
    without: 'The replica executes entries that were never committed and may be dropped.',
    section: 'VRR §4.3, §5.1',
    guarantee: 'agreement',
    origin: 'catalogue',
    setups: durable,
    shortestKnown: { steps: 15, estimated: true },
    edits: [
      {
        file: 'replica/handlers/recovery.ts',
        find: 'replaceLog(context, image.log, image.commitNumber);',
        replace: 'replaceLog(context, image.log, image.log.length);',
      },
    ],
  },
  {
    name: 'reformat-as-new',
    rule: 'A replica that has run before never starts as a new one.',
    without:
      'The replica acknowledges, votes and acts as primary with an empty log, and requests are lost that were answered because it held them.',
    section: 'VRR §4.3',
    guarantee: 'durability',
    seen: 'TigerBeetle',
    origin: 'catalogue',
    setups: durable,
    shortestKnown: { steps: 8, estimated: true },
    edits: [
      {
        file: 'replica/handlers/recovery.ts',
        find: '  const image = readBack(stored.image, stored.records);',
        replace: `  const { viewNumber } = readBack(stored.image, stored.records);
  const image: Image = { viewNumber, lastNormalView: viewNumber, commitNumber: 0, log: replica.log };`,
      },
    ],
  },
  {
    name: 'held-released-by-any-write',
    rule: 'An output that waits for a write leaves when that write is durable, not with an earlier one.',
    without:
      'An acknowledgement leaves before its entries are on stable storage, and a crash can still erase them.',
    section: 'VRR §4.3',
    guarantee: 'durability',
    setups: durable,
    edits: [
      {
        file: 'replica/transitions/effects.ts',
        find: 'replica.held = held.filter(({ after }) => after > write);',
        replace: 'replica.held = [];',
      },
      {
        file: 'replica/transitions/effects.ts',
        find: 'for (const { after, output } of held) {',
        replace: 'for (const { output } of held) {',
      },
      {
        file: 'replica/transitions/effects.ts',
        find: 'if (after <= write && !isOutdated(replica, output))',
        replace: 'if (!isOutdated(replica, output))',
      },
    ],
  },
];
