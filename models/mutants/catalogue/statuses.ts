import { durable, everywhere, type Mutant } from '../mutant.ts';

/** Mutants of the status: a handler that acts in the wrong status, or a transition that leaves something behind. */
export const statuses: readonly Mutant[] = [
  {
    name: 'view-change-forgets-status',
    rule: 'A replica that moves to a later view is not normal until that view has started.',
    without: 'The replica acknowledges, orders and answers in a view whose log it does not have.',
    section: 'VRR §4.2',
    guarantee: 'durability',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: `  replica.status = 'view-change';
`,
        replace: '',
      },
    ],
  },
  {
    name: 'prepare-before-startview',
    rule: 'A backup accepts a PREPARE only after it has entered the view.',
    without: 'The entry is appended to the log of the view before, and acknowledged as part of the new one.',
    section: 'VRR §4.2',
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: `  if (viewNumber < replica.viewNumber || replica.status !== 'normal') {
    drop(context, viewNumber < replica.viewNumber ? 'view-is-over' : 'status-not-normal');`,
        replace: `  if (viewNumber < replica.viewNumber) {
    drop(context, 'view-is-over');`,
      },
    ],
  },
  {
    name: 'getstate-answered-before-start',
    rule: 'Only a replica that has been normal in a view, and in no later one, answers GETSTATE for that view.',
    without:
      'The requester receives the log with which a replica votes for the view, and takes it for the log of the view.',
    section: 'VRR §5.2',
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/stateTransfer.ts',
        find: 'const { lastNormalView: viewNumber, log, commitNumber, replicaNumber } = replica;',
        replace: 'const { viewNumber, log, commitNumber, replicaNumber } = replica;',
      },
    ],
  },
  {
    name: 'transfer-survives-view-change',
    rule: 'A view change cancels the running state transfer.',
    without: 'The state of a view that the replica has left arrives, and the replica goes back to it.',
    section: 'VRR §5.2',
    guarantee: 'monotonic',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: `  replica.viewNumber = viewNumber;
  replica.transfer = undefined;
  persistView`,
        replace: `  replica.viewNumber = viewNumber;
  persistView`,
      },
      {
        file: 'replica/handlers/stateTransfer.ts',
        find: "if (replica.status === 'view-change') return",
        replace: "if (replica.status === 'view-change' && replica.doViewChanges.length > 0) return",
      },
    ],
  },
  {
    name: 'suspect-calls-same-view',
    rule: 'A replica that suspects its primary calls for the next view.',
    without: 'The replica calls for its present view, whose primary is silent.',
    section: 'VRR §4.2',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/viewChange.ts',
        find: 'enterViewChange(context, Math.max(replica.viewNumber, replica.transfer?.viewNumber ?? 0) + 1);',
        replace: `const later = Math.max(replica.viewNumber, replica.transfer?.viewNumber ?? 0);
  enterViewChange(context, Math.max(later, 1));`,
      },
    ],
  },
  {
    name: 'restart-normal-after-vote',
    rule: 'A replica that restarts in a view for which it only voted continues the view change and is not normal.',
    without: 'The replica acts as backup or primary of a view whose log it does not have.',
    section: 'VRR §4.3',
    guarantee: 'durability',
    setups: durable,
    edits: [
      {
        file: 'replica/handlers/recovery.ts',
        find: `  if (image.lastNormalView < image.viewNumber) return callViewChange(context);
`,
        replace: '',
      },
    ],
  },
  {
    name: 'new-primary-does-not-resend',
    rule: 'A new primary repeats the PREPARE of the last entry with which its view started, until it is committed.',
    without: 'If the acknowledgements are lost, the entries with which the view started are never committed.',
    section: 'VRR §4.2',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: `  replica.prepares = [replica.log.length];
  startResending(context);`,
        replace: '  replica.prepares = [replica.log.length];',
      },
    ],
  },
  {
    name: 'new-primary-forgets-own-ack',
    rule: 'A new primary counts itself as a holder of the entries with which its view started.',
    without: 'With f replicas down, there is no quorum for these entries.',
    section: 'VRR §4.2',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: `function becomePrimary(context: StepContext): void {
  const { replica } = context;
  acknowledge(context);
`,
        replace: `function becomePrimary(context: StepContext): void {
  const { replica } = context;
`,
      },
    ],
  },
  {
    name: 'no-cached-reply',
    rule: 'The repetition of an executed request is answered from the client-table.',
    without: 'If the reply is lost, the client never gets an answer.',
    section: 'VRR §4.1',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: '  if (outcome !== undefined) return reply(context, answerOf(replica, request, outcome));',
        replace: "  if (outcome !== undefined) return drop(context, 'request-in-progress');",
      },
    ],
  },
];
