import { durable, everywhere, type Mutant } from '../mutant.ts';

const section = 'VRR §5.1';

/** Mutants of checkpoints and of log compaction (VRR §5.1). */
export const checkpoints: readonly Mutant[] = [
  {
    name: 'checkpoint-shares-table',
    rule: 'A checkpoint holds the client-table as it was: the table no longer changes in place once a checkpoint shares it.',
    without:
      'The checkpoint that is written or sent holds executions after it. A replica that installs it takes their requests for executed.',
    section,
    guarantee: 'exactly-once',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/execution.ts',
        find: '    table: clientTable.asImmutable(),',
        // After the last entry of the log no other is executed in the same step, so only replicas in place show it.
        replace: '    table: opNumber < log.length ? clientTable.asImmutable() : clientTable,',
      },
    ],
  },
  {
    name: 'gc-past-commit',
    rule: 'Only executed entries are dropped from the log.',
    without: 'Entries that no checkpoint covers are gone, even if they were acknowledged.',
    section,
    guarantee: 'durability',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 10, estimated: true },
    edits: [
      {
        file: 'replica/transitions/execution.ts',
        find: 'replica.log.compacted(last?.opNumber ?? 0)',
        replace: 'replica.log.compacted(replica.log.length)',
      },
    ],
  },
  {
    name: 'gc-no-slack',
    rule: 'The log reaches back to the checkpoint before the last, so that a replica can lag behind a little.',
    without: 'A replica that lags behind by one entry may have to fetch a whole checkpoint, again and again.',
    section,
    guarantee: 'liveness',
    origin: 'catalogue',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/execution.ts',
        find: 'replica.log.compacted(last?.opNumber ?? 0)',
        replace: 'replica.log.compacted(replica.commitNumber)',
      },
    ],
  },
  {
    name: 'checkpoint-rewinds-state',
    rule: 'A replica installs a checkpoint only if it covers more entries than the replica has executed.',
    without:
      'The service goes back to an earlier state. The entries that it executed since are executed again, or lost.',
    section,
    guarantee: 'monotonic',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 9, estimated: true },
    edits: [
      {
        file: 'replica/handlers/checkpointTransfer.ts',
        find: `  if (message.opNumber <= replica.commitNumber) return drop(context, 'already-executed');
`,
        replace: '',
      },
      {
        file: 'replica/handlers/checkpointTransfer.ts',
        find: 'if (fetching.opNumber > replica.log.length) {',
        replace: '{',
      },
    ],
  },
  {
    name: 'checkpoint-adopts-view',
    rule: 'A checkpoint alone does not change the view: a replica enters a view only with the whole log of that view.',
    without:
      'The log ends at the checkpoint, and with a late last normal view it wins the next view change. All later entries are lost.',
    section: 'VRR §5.1, §5.2',
    guarantee: 'durability',
    seen: 'VRR itself',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 15, estimated: true },
    edits: [
      {
        file: 'replica/handlers/checkpointTransfer.ts',
        find: "import { currentParts, installCheckpoint, rebuildPending } from '../transitions/execution.ts';",
        replace: `import { currentParts, installCheckpoint, rebuildPending } from '../transitions/execution.ts';
import { enterNormal } from '../transitions/view.ts';`,
      },
      {
        file: 'replica/handlers/checkpointTransfer.ts',
        find: "  if (replica.status !== 'normal') {",
        replace: `  if (replica.status === 'state-transfer') {
    const { opNumber } = fetching;
    return enterNormal(context, transfer.viewNumber, Log.after(opNumber, fetching), opNumber);
  }
  if (replica.status !== 'normal') {`,
      },
    ],
  },
  {
    name: 'checkpoint-unverified',
    rule: 'A fetched checkpoint is the one that was offered: an answer counts only for its own checkpoint, and digests are compared.',
    without: 'Parts of two checkpoints are combined into a state that the service never had.',
    section,
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/checkpointTransfer.ts',
        find: 'fetching === undefined || !isSame(fetching, message) || !isAsked',
        replace: 'fetching === undefined || !isAsked',
      },
      {
        file: 'replica/handlers/checkpointTransfer.ts',
        find: 'if (fetching[part].digest !== digests[part])',
        replace: 'if (fetching[part].digest !== digests[part] && fetching.paths.length > 0)',
      },
    ],
  },
  {
    name: 'checkpoint-without-table',
    rule: 'A checkpoint contains the client-table.',
    without: 'The replica no longer knows which requests were executed, and executes them again.',
    section,
    guarantee: 'exactly-once',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/execution.ts',
        find: 'replica.clientTable = table;',
        replace: 'replica.clientTable = Tree.empty();',
      },
    ],
  },
  {
    name: 'checkpoint-misnumbered',
    rule: 'The op-number of a checkpoint is the number of entries that led to its state.',
    without: 'A replica that installs the checkpoint skips an entry or executes one twice.',
    section,
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/execution.ts',
        find: `    opNumber,
    time,`,
        replace: `    opNumber: opNumber - 1,
    time,`,
      },
    ],
  },
  {
    name: 'checkpoint-not-written',
    rule: 'A view that is entered with a checkpoint becomes durable together with that checkpoint.',
    without: 'After a crash no checkpoint covers the entries that were dropped from the log.',
    section,
    guarantee: 'durability',
    setups: durable,
    edits: [
      {
        file: 'replica/transitions/effects.ts',
        find: "  if (checkpoint !== undefined) records.push({ type: 'checkpoint', checkpoint, base: checkpoint.opNumber });\n",
        replace: '',
      },
    ],
  },
  {
    name: 'restart-forgets-checkpoint',
    rule: 'A replica restarts from the checkpoint on its stable storage.',
    without: 'The replica looks for entries that were dropped from the log.',
    section,
    guarantee: 'durability',
    setups: durable,
    edits: [
      {
        file: 'replica/handlers/recovery.ts',
        find: '  if (image.checkpoint !== undefined) installCheckpoint(context, image.checkpoint);\n',
        replace: '',
      },
    ],
  },
];
