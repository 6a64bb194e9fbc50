import type { ToleratedMutant } from './mutant.ts';

/**
 * Rules whose removal alone breaks no property. `npm run tolerated` explores each of these mutants exhaustively within
 * bounds and hunts them in pairs. Some of the rules are for speed; others would matter if another rule were missing.
 */
export const toleratedMutants: readonly ToleratedMutant[] = [
  {
    name: 'commit-old-view',
    rule: 'A COMMIT of an earlier view is dropped.',
    because:
      'An entry that was committed in an earlier view is in the log of every later view, under the same number.',
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
    rule: 'The votes with which a view starts include that of its primary.',
    because:
      'Any quorum of votes shares a replica with any quorum of holders. The new primary promises its view by starting it, as it would by voting.',
    section: 'VRR §4.2',
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: 'doViewChanges.some(({ replicaNumber }) => replicaNumber === own)',
        replace: 'doViewChanges.some(({ replicaNumber }) => replicaNumber === own || replicaNumber >= 0)',
      },
    ],
  },
  {
    name: 'commit-from-winner-only',
    rule: 'The new primary takes the highest commit-number of all votes.',
    because:
      'A lower commit-number only delays: the committed entries are in the log, and are committed again.',
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
    rule: 'A replica that enters a view sends an acknowledgement only if its log has entries that are not known to be committed.',
    because: 'The additional acknowledgement is true and has no effect.',
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
    because: 'The number of calls for a view decides only when votes are sent, not what they contain.',
    section: 'VRR §4.2',
    edits: [
      {
        file: 'replica/handlers/viewChange.ts',
        find: 'if (!joinsViewChange(context, message) || isLater) return;',
        replace: `const isStale = message.viewNumber < replica.viewNumber && replica.status === 'view-change';
  if ((!isStale && !joinsViewChange(context, message)) || isLater) return;`,
      },
    ],
  },
  {
    name: 'one-round',
    rule: 'A replica votes for a view only when a quorum calls for it.',
    because:
      'The round keeps single replicas from disturbing the group. It would be needed if a replica could forget its vote, but the view is on stable storage in both modes.',
    section: 'VRR §4.2',
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: 'if (isCalledByQuorum(replica)) sendDoViewChange(context);',
        replace: 'sendDoViewChange(context);',
      },
    ],
  },
  {
    name: 'newstate-not-acknowledged',
    rule: 'Entries from state transfer are acknowledged.',
    because:
      'The primary repeats its last PREPARE until its entry is committed, and the backup acknowledges that.',
    section: 'VRR §5.2',
    edits: [
      {
        file: 'replica/handlers/stateTransfer.ts',
        find: `  executeUpTo(context, committedBy(replica, message));
  acknowledge(context);
`,
        replace: `  executeUpTo(context, committedBy(replica, message));
`,
      },
    ],
  },
  {
    name: 'client-trusts-any-view',
    rule: 'A client never goes back to an earlier view.',
    because: 'The client only sends its request to the wrong replica first, which forwards it.',
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
    rule: 'A replica that suspects its primary calls for the next view and skips none.',
    because: 'Any later view works as well.',
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
    rule: 'Each repetition without progress waits longer than the one before.',
    because:
      'The backoff keeps view changes from chasing each other when messages take longer than expected. It serves only liveness, and where messages arrive at once the first delay is long enough.',
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
    because: 'The client repeats its request to all replicas, including the primary.',
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
      'An entry that a quorum has acknowledged in a view is committed, whatever the primary has learnt since.',
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
    because:
      'No replica answers from an earlier view: a replica that is asked for recovery first moves to the promised view.',
    section: 'VRR §4.3',
    edits: [
      {
        file: 'replica/data/replica.ts',
        find: 'return answer === undefined || answer.state === null || latest < viewNumber',
        replace: 'return answer === undefined || answer.state === null || latest + viewNumber < 0',
      },
    ],
  },
  {
    name: 'recovery-earlier-primary',
    rule: 'The recovered state comes from the primary of the latest view among the answers.',
    because:
      'The replica acknowledged entries only in views that it had promised, so any primary of the promised view or a later one holds them.',
    section: 'VRR §4.3',
    edits: [
      {
        file: 'replica/data/replica.ts',
        find: '(response) => response.viewNumber === latest && response.replicaNumber === primary,',
        replace: '(response) => response.state !== null && (response.viewNumber === latest || primary >= 0),',
      },
      {
        file: 'replica/data/replica.ts',
        find: ': { ...answer.state, viewNumber: latest, primary };',
        replace: ': { ...answer.state, viewNumber: answer.viewNumber, primary: answer.replicaNumber };',
      },
      {
        file: 'replica/data/replica.ts',
        find: 'answer.state === null || latest < viewNumber',
        replace: 'answer.state === null || answer.viewNumber < viewNumber',
      },
    ],
  },
  {
    name: 'recovery-counts-self',
    rule: 'Recovery waits for the answers of f + 1 other replicas.',
    because:
      'The paper needs that many to learn the latest view. Here the replica reads from its stable storage which view it promised, so the answer of that primary is enough.',
    section: 'VRR §4.3',
    edits: [
      {
        file: 'replica/handlers/recovery.ts',
        find: 'if (responses.length <= replica.configuration.tolerated) return;',
        replace: 'if (responses.length < replica.configuration.tolerated) return;',
      },
    ],
  },
  {
    name: 'batch-cut-counted-whole',
    rule: 'A PREPARE that carries only some of the waiting entries counts as outstanding for those alone.',
    because:
      'The primary repeats the last entry that it takes for sent, and a backup that lacks those before it fetches them. The entries only wait for that timer.',
    section: 'VRR §6.2',
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: 'replica.prepares = [...replica.prepares, suffix.opNumber];',
        replace: 'replica.prepares = [...replica.prepares, log.length];',
      },
    ],
  },
];
