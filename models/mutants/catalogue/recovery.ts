import { diskless, durable, everywhere, type Mutant } from '../mutant.ts';

/** Mutants of recovery (VRR §4.3). */
export const recovery: readonly Mutant[] = [
  {
    name: 'corrupt-entry-means-absent',
    rule: 'A replica whose log is partly unreadable does not treat the readable rest as all that it ever held.',
    without:
      'The replica votes with the readable rest, and the view starts without entries that it had acknowledged.',
    section: 'VRR §4.3',
    guarantee: 'durability',
    seen: 'TigerBeetle',
    origin: 'catalogue',
    setups: durable,
    shortestKnown: { steps: 12, estimated: true },
    edits: [
      {
        file: 'replica/handlers/recovery.ts',
        find: '  else if (image.isCorrupt) recoverCorruptLog(context, image, start);\n',
        replace: '',
      },
    ],
  },
  {
    name: 'paper-recovery',
    rule: 'A view-number is on stable storage before the replica sends any message for that view, and recovery ends in no earlier view.',
    without:
      'A replica forgets that it voted for a view, recovers into the view before, and acknowledges entries there that the later view will not contain.',
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
    rule: 'A replica that is asked for recovery by one that had promised a later view moves to that view.',
    without:
      'The recovering replica may not come back before the view that it had promised. No other replica moves there, so it waits for ever.',
    section: 'VRR §4.3',
    guarantee: 'liveness',
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
    rule: 'A replica that lost its state takes part in nothing until other replicas have restored it.',
    without:
      'The replica acknowledges, votes and acts as primary with an empty log, and requests are lost that were answered because it held them.',
    section: 'VRR §4.3',
    guarantee: 'agreement',
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
        find: "if (replica.configuration.mode === 'diskless') recoverDiskless(context, start);",
        replace: `if (replica.configuration.mode === 'diskless') {
    if (isPrimary(replica)) becomePrimary(context);
    else becomeBackup(context);
  }`,
      },
    ],
  },
  {
    name: 'recovering-votes',
    rule: 'A recovering replica does not vote, because its log lacks entries that it held before the crash.',
    without: 'An empty log takes part in the choice of the next log and may be chosen.',
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
    rule: 'Only a replica in normal status helps another to recover.',
    without:
      'The log of a primary that is being replaced counts as the latest, and the replica recovers with entries that the next view does not hold.',
    section: 'VRR §4.3',
    guarantee: 'durability',
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
    rule: 'A recovering replica repeats RECOVERY until it is answered.',
    without: 'If RECOVERY or its answers are lost, the replica never recovers.',
    section: 'VRR §4.3',
    guarantee: 'liveness',
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
    rule: 'Only answers to the present RECOVERY count; the nonce identifies them.',
    without:
      'Answers to the RECOVERY of an earlier incarnation restore a state from before the replica’s latest acknowledgements.',
    section: 'VRR §4.3',
    guarantee: 'durability',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/recovery.ts',
        find: `  if (message.nonce !== nonceOf(recovery)) return drop(context, 'nonce-outdated');
  const others = recovery.responses`,
        replace: '  const others = recovery.responses',
      },
    ],
  },
  {
    name: 'nonces-begin-anew',
    rule: 'No two RECOVERY of a replica have the same nonce, also after it has lost its storage, which counted its restarts.',
    without:
      'A replica loses its storage twice. Answers to its first recovery arrive after the second loss and count, without the entries that it acknowledged in between.',
    section: 'VRR §4.3',
    guarantee: 'durability',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/recovery.ts',
        find: `  const start = \`\${name}/\${incarnation}\`;\n`,
        replace: `  const start = \`/\${incarnation}\`;\n`,
      },
    ],
  },
  {
    name: 'alarm-too-early',
    rule: 'A replica raises an alarm only when more than f replicas recover at once, itself included.',
    without:
      'An alarm is raised whenever f replicas recover, which the group tolerates. Operators learn to ignore it.',
    section: 'VRR §4.3',
    guarantee: 'validity',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/recovery.ts',
        find: "if (recovering > tolerated) alarm(context, { code: 'too-many-recovering', recovering, tolerated });",
        replace:
          "if (recovering >= tolerated) alarm(context, { code: 'too-many-recovering', recovering, tolerated });",
      },
    ],
  },
  {
    name: 'alarm-trusts-late-recovery',
    rule: 'A replica counts another as recovering only if that one says so in answer to its own question.',
    without:
      'A RECOVERY arrives after its sender has recovered, and the receiver recovers meanwhile: it raises an alarm, although both never recovered at once.',
    section: 'VRR §4.3',
    guarantee: 'validity',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/recovery.ts',
        find: 'if (replica.recovery !== undefined) return sendRecovering(context, replica.recovery, message);',
        replace: `if (replica.recovery !== undefined) {
    const { viewNumber, nonce, replicaNumber } = message;
    const heard = { type: 'RECOVERING', viewNumber, nonce, incarnation: '0', replicaNumber } as const;
    return alarmIfTooMany(context, { ...replica.recovery, recovering: [heard], recoveringBefore: [heard] });
  }`,
      },
    ],
  },
  {
    name: 'recovery-takes-earlier-log',
    rule: 'A recovery ends with no log that is shorter than the primary of the view has told.',
    without:
      'An answer from before the crash arrives late, and the replica is normal without entries that it has acknowledged.',
    section: 'VRR §4.3',
    guarantee: 'durability',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/stateTransfer.ts',
        find: 'if (isTold && message.opNumber < told.opNumber)',
        replace: 'if (isTold && message.opNumber < Math.min(0, told.opNumber))',
      },
    ],
  },
  {
    name: 'recovery-ends-unanswered',
    rule: 'A recovery ends only after f + 1 others have answered the latest nonce.',
    without:
      'A replica that has asked anew is normal with the log that it fetched meanwhile, which may lack entries that it has ' +
      'acknowledged before it lost its memory.',
    section: 'VRR §4.3',
    guarantee: 'durability',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/stateTransfer.ts',
        find: 'if (replica.recovery !== undefined && !isTold) return;',
        replace: 'if (replica.recovery !== undefined && isTold && told.opNumber < 0) return;',
      },
    ],
  },
];
