import { everywhere, type Mutant } from '../mutant.ts';

/** Mutants of the rules for links that stay cut, and for waits during which the primary is alive. */
export const connections: readonly Mutant[] = [
  {
    name: 'primary-needs-no-quorum',
    rule: 'A primary that has heard no quorum since its last check gives up its view.',
    without:
      'A primary whose messages arrive, and which no answer reaches, keeps its view, and no client is answered.',
    section: 'VRR §4.2',
    guarantee: 'liveness',
    seen: 'VRR',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/viewChange.ts',
        find: "replica.status === 'normal' && isPrimary(replica) && isQuorumWith(replica, replica.heard)",
        replace:
          "replica.status === 'normal' && isPrimary(replica) && (isQuorumWith(replica, replica.heard) || true)",
      },
    ],
  },
  {
    name: 'calls-not-relayed',
    rule: 'STARTVIEWCHANGE names every replica that its sender knows to have moved to the view.',
    without:
      'If one replica alone reaches all others, only that replica knows a quorum, and no view change ends.',
    section: 'VRR §4.2',
    guarantee: 'liveness',
    seen: 'VRR',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: 'const { viewNumber, replicaNumber, startViewChanges: callers } = context.replica;',
        replace: `const { viewNumber, replicaNumber } = context.replica;
  const callers = noReplicas;`,
      },
    ],
  },
  {
    name: 'fetching-hears-no-primary',
    rule: 'A replica that fetches the log of a view has heard its primary, and waits longer after each view without progress.',
    without:
      'It calls for the next view in the middle of each transfer that takes longer than its timer, and the others follow, for ever.',
    section: 'VRR §5.2',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: "if (replica.status === 'state-transfer' && replica.transfer?.viewNumber === viewNumber) {",
        replace:
          "if (replica.status === 'state-transfer' && replica.transfer?.viewNumber === viewNumber && viewNumber > replica.viewNumber) {",
      },
      {
        file: 'replica/transitions/transfer.ts',
        find: '  // The primary of that view is alive, so',
        replace: `  if (viewNumber > wanted) replica.viewChanges = 0;
  // The primary of that view is alive, so`,
      },
    ],
  },
];
