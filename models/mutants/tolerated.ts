import type { ToleratedMutant } from './mutant.ts';

/**
 * Rules whose rule change alone breaks no property: each explored exhaustively up to a bound, and hunted in pairs with each other
 * (`npm run tolerated`). Some are there for speed; others would matter if another rule were missing.
 */
export const toleratedMutants: readonly ToleratedMutant[] = [
  {
    name: 'commit-old-view',
    rule: 'A COMMIT of an earlier view is dropped.',
    because: 'What was committed in an earlier view is in the log of every later one, under the same number.',
    section: 'VRR §4.1',
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: `message: Commit): void {
`,
        replace: `message: Commit): void {
  const { viewNumber, status } = context.replica;
  if (message.viewNumber < viewNumber && status === 'normal') executeUpTo(context, message.commitNumber);
`,
      },
    ],
  },
  {
    name: 'dvc-without-own',
    rule: 'The new primary’s own vote is among those with which its view starts.',
    because:
      'Any quorum of votes shares a replica with any quorum of holders; the new primary promises its view no less by starting it.',
    section: 'VRR §4.2',
    edits: [
      {
        file: 'replica/handlers/viewChange.ts',
        find: 'if (hasOwn && replica',
        replace: 'if ((hasOwn || replica.doViewChanges.length > 0) && replica',
      },
    ],
  },
  {
    name: 'commit-from-winner-only',
    rule: 'The new primary takes the highest commit-number of all votes.',
    because: 'A lower commit-number is only late: what is committed is in the log, and is committed again.',
    section: 'VRR §4.2',
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: 'const committed = Math.max(...votes.map(({ commitNumber }) => commitNumber));',
        replace:
          'const committed = votes.reduce((one, other) => (isBetterVote(other, one) ? other : one)).commitNumber;',
      },
    ],
  },
  {
    name: 'ack-when-nothing-uncommitted',
    rule: 'Who takes up a view acknowledges only if something is not known to be committed.',
    because: 'The acknowledgement says what is true, and nobody needs it.',
    section: 'VRR §4.2',
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: '  if (replica.log.length > replica.commitNumber) acknowledge(context);',
        replace: '  acknowledge(context);',
      },
    ],
  },
  {
    name: 'svc-stale-counted',
    rule: 'STARTVIEWCHANGE counts only for the view that it names.',
    because: 'How many call for a view decides only when votes are sent, and not what they say.',
    section: 'VRR §4.2',
    edits: [
      {
        file: 'replica/handlers/viewChange.ts',
        find: `  if (!joinsViewChange(context, message)) return;
  const { startViewChanges }`,
        replace: `  const isStale = message.viewNumber < replica.viewNumber && replica.status === 'view-change';
  if (!isStale && !joinsViewChange(context, message)) return;
  const { startViewChanges }`,
      },
    ],
  },
  {
    name: 'one-round',
    rule: 'A replica votes only when a quorum calls for the view.',
    because:
      'The round keeps single replicas from disturbing the others. It would be needed if a replica could forget its vote, but the view is on stable storage in both modes.',
    section: 'VRR §4.2',
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: 'if (replica.configuration.quorum === 1) sendDoViewChange',
        replace: 'if (replica.configuration.quorum >= 1) sendDoViewChange',
      },
    ],
  },
  {
    name: 'newstate-not-acknowledged',
    rule: 'Entries that state transfer brought are acknowledged.',
    because: 'The primary repeats its last PREPARE until it is committed, and that is acknowledged.',
    section: 'VRR §5.2',
    edits: [
      {
        file: 'replica/handlers/stateTransfer.ts',
        find: `  executeUpTo(context, message.commitNumber);
  acknowledge(context);
`,
        replace: `  executeUpTo(context, message.commitNumber);
`,
      },
    ],
  },
  {
    name: 'client-trusts-any-view',
    rule: 'A client never goes back to an earlier view.',
    because: 'It only asks the wrong replica first, which forwards the request.',
    section: 'VRR §4.1',
    edits: [
      {
        file: 'client/client.ts',
        find: 'client.viewNumber = Math.max(client.viewNumber, message.viewNumber);',
        replace: 'client.viewNumber = message.viewNumber;',
      },
    ],
  },
  {
    name: 'timeout-skips-view',
    rule: 'Who gives its primary up calls for the next view, and skips none.',
    because: 'Any later view will do.',
    section: 'VRR §4.2',
    edits: [
      {
        file: 'replica/handlers/viewChange.ts',
        find: 'enterViewChange(context, Math.max(replica.viewNumber, replica.transfer?.viewNumber ?? 0) + 1);',
        replace: `const later = Math.max(replica.viewNumber, replica.transfer?.viewNumber ?? 0);
  enterViewChange(context, later + 2);`,
      },
    ],
  },
  {
    name: 'no-backoff',
    rule: 'Each vain repetition waits longer than the one before.',
    because:
      'It keeps view changes from chasing each other when messages take longer than expected, and takes part in no promise but that of an end: where messages arrive at once the first wait is enough.',
    section: 'VRR §4.2',
    edits: [
      {
        file: 'replica/transitions/effects.ts',
        find: `const repetitions = { heartbeat: 0, resend: replica.retransmissions, suspect: replica.viewChanges }[timer];
  context.outputs.push({ type: 'timer', timer, delay: backedOff(delays[timer], repetitions) });`,
        replace: "context.outputs.push({ type: 'timer', timer, delay: delays[timer] });",
      },
    ],
  },
  {
    name: 'backup-drops-requests',
    rule: 'A backup forwards a request to the primary.',
    because: 'The client repeats its request to all replicas, and so to the primary.',
    section: 'VRR §4.1',
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: 'if (!isPrimary(replica)) return sendToPrimary(context, request);',
        replace: "if (!isPrimary(replica)) return drop(context, 'not-the-primary');",
      },
    ],
  },
  {
    name: 'prepareok-status-unchecked',
    rule: 'A primary counts acknowledgements only while its status is normal.',
    because:
      'What a quorum has acknowledged in a view is committed, whatever the primary has come to know since.',
    section: 'VRR §4.1',
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: `  if (replica.status !== 'normal') return drop(context, 'status-not-normal');
  if (opNumber`,
        replace: '  if (opNumber',
      },
    ],
  },
  {
    name: 'recovery-below-promise',
    rule: 'Recovery ends in no view before the one that the replica had promised to reach.',
    because: 'Nobody answers from an earlier view: whoever is asked moves to the promised one first.',
    section: 'VRR §4.3',
    edits: [
      {
        file: 'replica/handlers/recovery.ts',
        find: 'if (answer === undefined || answer.state === null || latest < replica.viewNumber) return;',
        replace: 'if (answer === undefined || answer.state === null) return;',
      },
    ],
  },
  {
    name: 'recovery-earlier-primary',
    rule: 'The state comes from the primary of the latest view among the answers.',
    because:
      'Whatever the replica acknowledged it acknowledged in a view that it had promised, so any primary of that view or a later one holds it.',
    section: 'VRR §4.3',
    edits: [
      {
        file: 'replica/handlers/recovery.ts',
        find: '    ({ viewNumber, replicaNumber }) => viewNumber === latest && replicaNumber === primary,',
        replace: '    ({ viewNumber, state }) => state !== null && (viewNumber === latest || primary >= 0),',
      },
      {
        file: 'replica/handlers/recovery.ts',
        find: 'enterNormal(context, latest, suffix.onto(replica.log), commitNumber);',
        replace: 'enterNormal(context, answer.viewNumber, suffix.onto(replica.log), commitNumber);',
      },
      {
        file: 'replica/handlers/recovery.ts',
        find: 'answer.state === null || latest < replica.viewNumber) return;',
        replace: 'answer.state === null || answer.viewNumber < replica.viewNumber) return;',
      },
    ],
  },
  {
    name: 'recovery-counts-self',
    rule: 'Recovery waits for answers of f + 1 others.',
    because:
      'That many are needed to learn the latest view; here the replica knows from its stable storage what it promised, and the primary’s answer is enough.',
    section: 'VRR §4.3',
    edits: [
      {
        file: 'replica/handlers/recovery.ts',
        find: 'if (responses.length <= replica.configuration.tolerated) return;',
        replace: 'if (responses.length < replica.configuration.tolerated) return;',
      },
    ],
  },
];
