import { durable, everywhere, type Mutant } from '../mutant.ts';

const section = 'VRR §5.1';

/** Ways to get checkpoints, and logs that lose their beginning, wrong (VRR §5.1). */
export const checkpoints: readonly Mutant[] = [
  {
    name: 'gc-past-commit',
    rule: 'Only entries that were executed are dropped from the log.',
    without: 'Entries for which no checkpoint stands are gone, acknowledged or not.',
    section,
    guarantee: 'durability',
    seen: undefined,
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
    rule: 'The log reaches back to the checkpoint before the last, for those who lag behind a little.',
    without: 'Whoever lags behind by a single entry may have to fetch a whole checkpoint, again and again.',
    section,
    guarantee: 'liveness',
    seen: undefined,
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: undefined,
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
    rule: 'A checkpoint is taken up only if it reaches further than what was executed.',
    without:
      'The service goes back to an earlier state, and what it executed since is executed once more, or lost.',
    section,
    guarantee: 'monotonic',
    seen: undefined,
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
    rule: 'A checkpoint changes no view by itself: the view is adopted together with all of its log.',
    without:
      'The log ends with the checkpoint, and with a late last normal view it wins the next view change: what comes after is lost.',
    section: 'VRR §5.1, §5.2',
    guarantee: 'durability',
    seen: 'VRR itself',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 15, estimated: true },
    edits: [
      {
        file: 'replica/handlers/checkpointTransfer.ts',
        find: "import { currentCheckpoint, installCheckpoint, rebuildPending } from '../transitions/execution.ts';",
        replace: `import { currentCheckpoint, installCheckpoint, rebuildPending } from '../transitions/execution.ts';
import { enterNormal } from '../transitions/view.ts';`,
      },
      {
        file: 'replica/handlers/checkpointTransfer.ts',
        find: "  if (replica.status !== 'normal') {",
        replace: `  if (replica.status === 'state-transfer') {
    const { opNumber, time } = fetching;
    return enterNormal(context, transfer.viewNumber, Log.after(opNumber, time), opNumber);
  }
  if (replica.status !== 'normal') {`,
      },
    ],
  },
  {
    name: 'checkpoint-unverified',
    rule: 'What is fetched must be what was offered: an answer counts for its checkpoint alone, and the digests are compared.',
    without: 'The parts of two checkpoints are put together, to a state that the service never was in.',
    section,
    guarantee: 'agreement',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
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
    rule: 'A checkpoint holds the client-table too.',
    without: 'The replica does not know any more what was executed for whom, and executes it again.',
    section,
    guarantee: 'exactly-once',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
    edits: [
      {
        file: 'replica/transitions/execution.ts',
        find: "import type { Tree } from '../../tree/tree.ts';",
        replace: "import { Tree } from '../../tree/tree.ts';",
      },
      {
        file: 'replica/transitions/execution.ts',
        find: 'replica.clientTable = table;',
        replace: 'replica.clientTable = Tree.empty();',
      },
    ],
  },
  {
    name: 'checkpoint-misnumbered',
    rule: 'A checkpoint of an op-number holds what exactly so many entries have led to.',
    without: 'Who takes it up leaves out an entry, or executes one twice.',
    section,
    guarantee: 'agreement',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
    edits: [
      {
        file: 'replica/transitions/execution.ts',
        find: `    opNumber,
    time: log.prefix(opNumber).lastTime,`,
        replace: `    opNumber: opNumber - 1,
    time: log.prefix(opNumber).lastTime,`,
      },
    ],
  },
  {
    name: 'checkpoint-not-written',
    rule: 'A view that is taken up with a checkpoint becomes durable together with it.',
    without: 'After a crash nothing stands for the entries that are gone.',
    section,
    guarantee: 'durability',
    seen: undefined,
    origin: 'ours',
    setups: durable,
    shortestKnown: undefined,
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
    rule: 'A replica restarts from the checkpoint that its stable storage holds.',
    without: 'It looks for entries that are gone.',
    section,
    guarantee: 'durability',
    seen: undefined,
    origin: 'ours',
    setups: durable,
    shortestKnown: undefined,
    edits: [
      {
        file: 'replica/handlers/recovery.ts',
        find: '  if (image.checkpoint !== undefined) installCheckpoint(context, image.checkpoint);\n',
        replace: '',
      },
    ],
  },
];
