import { everywhere, type Mutant } from '../mutant.ts';

const section = 'VRR §5.1';
const file = 'replica/transitions/divergence.ts';

/** Mutants of what replicas do when their checkpoints of one op-number differ. */
export const divergence: readonly Mutant[] = [
  {
    name: 'digests-not-compared',
    rule: 'The primary compares the checkpoints that backups tell with its own.',
    without:
      'A service that is not deterministic answers clients differently at each replica, and no replica notices.',
    section,
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file,
        find: '  if (summary === null || own === undefined) return true;',
        replace: '  if (summary === null || own === undefined || own.opNumber > 0) return true;',
      },
    ],
  },
  {
    name: 'agreed-digests-ignored',
    rule: 'A backup whose checkpoint is not the one that a quorum shares stops for good.',
    without: 'It goes on with a wrong state, answers repeated requests from it, and may become the primary.',
    section,
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file,
        find: '  if (areEqual(held, agreed.digests)) return true;',
        replace: '  if (held.table !== agreed.opNumber.toString()) return true;',
      },
    ],
  },
  {
    name: 'outvoted-primary-goes-on',
    rule: 'A primary whose own checkpoint is not the one that a quorum shares stops for good.',
    without: 'It goes on answering clients with results that the quorum does not share.',
    section,
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file,
        find: '  if (areEqual(own, verdict.digests)) return true;',
        replace: '  if (own.table !== verdict.opNumber.toString()) return true;',
      },
    ],
  },
  {
    name: 'halts-without-quorum',
    rule: 'Only what a quorum shares shows which checkpoint is right.',
    without: 'One replica whose service is not deterministic stops replicas that are right.',
    section,
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      { file, find: 'if (sharing >= quorum) return', replace: 'if (sharing >= Math.min(quorum, 1)) return' },
    ],
  },
  {
    name: 'halt-not-durable',
    rule: 'A replica that stops for good writes so, because its storage holds the wrong state.',
    without: 'It serves clients from that state again after a restart.',
    section,
    guarantee: 'agreement',
    setups: everywhere,
    edits: [{ file, find: '  persistHalt(context, halted);\n', replace: '' }],
  },
  {
    name: 'halted-resumes',
    rule: 'A replica that restarts with the mark that it has stopped for good stays stopped.',
    without: 'It serves clients from a wrong state until its checkpoints are compared again.',
    section,
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/recovery.ts',
        find: '  if (image.halted !== undefined) return remainHalted(context, image.halted, image.lastNormalView);\n',
        replace: '',
      },
    ],
  },
  {
    name: 'halted-answers-on',
    rule: 'What a replica has not sent when it stops for good is not sent at all.',
    without: 'Answers from a wrong state that wait for a write still reach clients.',
    section,
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: 'replica/step.ts',
        find: "  if (context.replica.halted !== undefined) return drop(context, 'halted');\n",
        replace: '',
      },
    ],
  },
];
