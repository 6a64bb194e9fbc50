import { everywhere, type Mutant } from '../mutant.ts';

const section = 'VRR §2';
const file = 'replica/transitions/execution.ts';

/** Mutants of what becomes of an operation, or of a checkpoint, at which the service fails. */
export const failures: readonly Mutant[] = [
  {
    name: 'failure-stops-replica',
    rule: 'An operation at which the service throws fails, and the replica goes on.',
    without:
      'The operation is committed, so it stops every replica that executes it, and again after each restart: the group is gone.',
    section,
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      { file, find: "    return { type: 'failed', problem: textOf(error) };", replace: '    throw error;' },
    ],
  },
  {
    name: 'result-unchecked',
    rule: 'A result that JSON cannot carry is a failure of the service.',
    without:
      'The result reads differently once it has crossed a network or a disk, or stops the replica that encodes it. Replicas disagree about it.',
    section,
    guarantee: 'agreement',
    setups: everywhere,
    edits: [{ file, find: 'Number.isNaN(chars)', replace: 'Number.isNaN(maxDepth)' }],
  },
  {
    name: 'state-unchecked',
    rule: 'An operation after which the service yields no state, or one that no checkpoint can keep, fails.',
    without:
      'The state is lost with the operation, or with the next checkpoint that is restored: later operations fail, or the replicas differ.',
    section,
    guarantee: 'agreement',
    setups: everywhere,
    edits: [{ file, find: 'appliedProblem(service, applied)', replace: 'undefined' }],
  },
  {
    name: 'entry-not-frozen',
    rule: 'A service that changes the operation or the prediction that it is given fails, and the entry stays as it is.',
    without:
      'The entry changes in the log of a replica that has executed it, and the others hold another one.',
    section,
    guarantee: 'agreement',
    setups: everywhere,
    edits: [{ file, find: 'freeze(predicted)', replace: 'predicted' }],
  },
  {
    name: 'failure-not-kept',
    rule: 'The client-table keeps that the service failed at a request, as it keeps results.',
    without:
      'A client that repeats the request because the answer was lost is told that it succeeded, with a result that no service gave.',
    section: 'VRR §4.1',
    guarantee: 'validity',
    setups: everywhere,
    edits: [
      {
        file: 'replica/data/clientTable.ts',
        find: "  if (failed.length === 0 && outcome.type === 'result') return",
        replace: '  if (failed.length === 0) return',
      },
    ],
  },
  {
    name: 'failed-state-kept',
    rule: 'An operation that fails leaves the state of the service as it was.',
    without: 'An operation of which its client is told that it had no effect has one.',
    section,
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file,
        find: '    if (Number.isNaN(chars)) return',
        replace: `    if (Number.isNaN(chars)) replica.serviceState = state;
    if (Number.isNaN(chars)) return`,
      },
    ],
  },
  {
    name: 'snapshot-failure-stops-replica',
    rule: 'A replica whose service cannot give its state for a checkpoint keeps its log, raises an alarm and goes on.',
    without: 'Every replica stops at the same entry, and again after each restart.',
    section: 'VRR §5.1',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file,
        find: `    return parts;
  } catch (error) {
    return textOf(error);
  }`,
        replace: `    return parts;
  } catch (error) {
    throw error;
  }`,
      },
    ],
  },
];
