import { diskless, durable, type Mutant } from '../mutant.ts';

/** Ways to get recovery wrong (VRR §4.3). */
export const recovery: readonly Mutant[] = [
  {
    name: 'damaged-entry-means-absent',
    rule: 'A log of which a part cannot be read may not be taken for all that the replica ever held.',
    without: 'It votes with what is left, and the view begins without what it had acknowledged.',
    section: 'VRR §4.3',
    guarantee: 'durability',
    seen: 'TigerBeetle',
    origin: 'catalogue',
    setups: durable,
    shortestKnown: { steps: 12, estimated: true },
    edits: [
      {
        file: 'replica/handlers/recovery.ts',
        find: '  else if (image.isCorrupt) recoverCorruptLog(context, image, incarnation);\n',
        replace: '',
      },
    ],
  },
  {
    name: 'paper-recovery',
    rule: 'The view-number is on stable storage before anything is said for that view, and recovery ends no earlier.',
    without:
      'A replica forgets that it voted for a view, recovers into the view before, and acknowledges there what the later view will not contain.',
    section: 'VRR §4.3',
    guarantee: 'durability',
    seen: 'VRR itself (Michael, Ports, Sharma, Szekeres 2017)',
    origin: 'catalogue',
    setups: diskless,
    shortestKnown: { steps: 16, estimated: false },
    edits: [
      {
        file: 'replica/transitions/effects.ts',
        find: "  const durable = configuration.mode === 'durable';\n",
        replace: `  const durable = configuration.mode === 'durable';
  if (!durable) return;
`,
      },
    ],
  },
  {
    name: 'persisted-view-waits',
    rule: 'Whoever is asked for recovery by a replica that had promised a later view moves on to that view.',
    without:
      'The replica may not come back before the view that it had promised, and nobody else moves there: it waits for ever.',
    section: 'VRR §4.3',
    guarantee: 'liveness',
    seen: undefined,
    origin: 'catalogue',
    setups: diskless,
    shortestKnown: { steps: 7, estimated: true },
    edits: [
      {
        file: 'replica/handlers/recovery.ts',
        find: `  if (message.viewNumber > Math.max(replica.viewNumber, replica.transfer?.viewNumber ?? 0)) {
    return enterViewChange(context, message.viewNumber);
  }
`,
        replace: '',
      },
    ],
  },
  {
    name: 'amnesiac-normal',
    rule: 'A replica that lost its state takes part in nothing until the others have given it back.',
    without:
      'With an empty log it acknowledges, votes and leads, and what was answered on the strength of what it held is lost.',
    section: 'VRR §4.3',
    guarantee: 'agreement',
    seen: undefined,
    origin: 'catalogue',
    setups: diskless,
    shortestKnown: { steps: 6, estimated: false },
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
        find: "if (replica.configuration.mode === 'diskless') recoverDiskless(context, incarnation);",
        replace: `if (replica.configuration.mode === 'diskless') {
    if (isPrimary(replica)) becomePrimary(context);
    else becomeBackup(context);
  }`,
      },
    ],
  },
  {
    name: 'recovering-votes',
    rule: 'A replica that is recovering does not vote: its log is not what it was.',
    without: 'An empty log takes part in the choice of the next log, and may be the one that is chosen.',
    section: 'VRR §4.3',
    guarantee: 'durability',
    seen: 'TAPIR',
    origin: 'catalogue',
    setups: diskless,
    shortestKnown: { steps: 8, estimated: false },
    edits: [
      {
        file: 'replica/step.ts',
        find: "if (replica.status === 'recovering') return drop(context, 'recovering');",
        replace: `const isVote = message.type === 'STARTVIEWCHANGE' || message.type === 'DOVIEWCHANGE';
  if (replica.status === 'recovering' && !isVote)
    return drop(context, 'recovering');`,
      },
    ],
  },
  {
    name: 'recovery-from-view-change',
    rule: 'Only a replica whose status is normal helps another to recover.',
    without:
      'The log of a primary whose view is being given up is taken for the latest, and the replica comes back with what the next view does not hold.',
    section: 'VRR §4.3',
    guarantee: 'durability',
    seen: undefined,
    origin: 'catalogue',
    setups: diskless,
    shortestKnown: { steps: 16, estimated: false },
    edits: [
      {
        file: 'replica/handlers/recovery.ts',
        find: "if (replica.status !== 'normal' || message.viewNumber > replica.viewNumber) {",
        replace: 'if (message.viewNumber > replica.viewNumber) {',
      },
    ],
  },
  {
    name: 'recovery-no-retry',
    rule: 'RECOVERY is sent again until it is answered.',
    without: 'If RECOVERY or its answers are lost, the replica never comes back.',
    section: 'VRR §4.3',
    guarantee: 'liveness',
    seen: undefined,
    origin: 'catalogue',
    setups: diskless,
    shortestKnown: { steps: 9, estimated: true },
    edits: [
      {
        file: 'replica/step.ts',
        find: 'return resendRecovery(context);',
        replace: "return drop(context, 'not-recovering');",
      },
    ],
  },
  {
    name: 'recovery-old-answers',
    rule: 'Only answers to the present question count in a recovery: a nonce tells them.',
    without:
      'Answers to the question of an earlier incarnation give it back a state of before its latest acknowledgements.',
    section: 'VRR §4.3',
    guarantee: 'durability',
    seen: undefined,
    origin: 'ours',
    setups: diskless,
    shortestKnown: undefined,
    edits: [
      {
        file: 'replica/handlers/recovery.ts',
        find: `  if (message.nonce !== nonceOf(recovery)) return drop(context, 'nonce-outdated');
`,
        replace: '',
      },
    ],
  },
];
