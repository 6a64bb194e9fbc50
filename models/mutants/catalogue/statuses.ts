import { durable, everywhere, type Mutant } from '../mutant.ts';

/** Ways to forget the status: a handler that acts when it must not, or a move that leaves something behind. */
export const statuses: readonly Mutant[] = [
  {
    name: 'view-change-forgets-status',
    rule: 'Who moves to a later view is not normal until that view has started.',
    without: 'It acknowledges, orders and answers in a view whose log it does not have.',
    section: 'VRR §4.2',
    guarantee: 'durability',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
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
    rule: 'A PREPARE counts only once its view has started here.',
    without: 'The entry is appended to the log of the view before, and acknowledged as part of the new one.',
    section: 'VRR §4.2',
    guarantee: 'agreement',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
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
    rule: 'Only a replica that has been normal in a view, and in no later one, can tell what its log is.',
    without:
      'Who asks is given the log with which somebody votes for the view, and takes it for that of the view.',
    section: 'VRR §5.2',
    guarantee: 'agreement',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
    edits: [
      {
        file: 'replica/handlers/stateTransfer.ts',
        find: 'const { lastNormalView: viewNumber, log, commitNumber } = replica;',
        replace: 'const { viewNumber, log, commitNumber } = replica;',
      },
    ],
  },
  {
    name: 'transfer-survives-view-change',
    rule: 'A view change gives up the state transfer that was under way.',
    without: 'The state of a view that has been left arrives, and the replica goes back to it.',
    section: 'VRR §5.2',
    guarantee: 'monotonic',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
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
    rule: 'Who gives its primary up calls for the next view.',
    without: 'It calls for the view that it is in, whose primary has nothing to say any more.',
    section: 'VRR §4.2',
    guarantee: 'liveness',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
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
    rule: 'A replica that restarts in a view that it only voted for goes on voting, and is not normal.',
    without: 'It follows, or leads, a view whose log it does not have.',
    section: 'VRR §4.3',
    guarantee: 'durability',
    seen: undefined,
    origin: 'ours',
    setups: durable,
    shortestKnown: undefined,
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
    rule: 'A new primary repeats the PREPARE of what its view began with until that is committed.',
    without: 'If the acknowledgements are lost, nothing ever commits what the view began with.',
    section: 'VRR §4.2',
    guarantee: 'liveness',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
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
    rule: 'A new primary counts itself among those who hold what its view began with.',
    without: 'With f replicas down there is no quorum for it.',
    section: 'VRR §4.2',
    guarantee: 'liveness',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
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
    rule: 'The repetition of a request that was executed is answered from the client-table.',
    without: 'If the reply is lost, the client is never answered.',
    section: 'VRR §4.1',
    guarantee: 'liveness',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: `  if (result !== undefined) {
    const { viewNumber } = replica;
    return reply(context, { type: 'REPLY', viewNumber, clientId, requestNumber, result });
  }
`,
        replace: `  if (result !== undefined) return drop(context, 'request-in-progress');
`,
      },
    ],
  },
];
