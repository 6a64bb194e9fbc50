import { type Edit, everywhere, type Mutant } from '../mutant.ts';
import { acknowledgementsUncompared } from './uncompared.ts';

const section = 'VRR §4.2';
const joining = 'replica/transitions/joining.ts';
const noCheck = 'message.suffix.onto(replica.log)';

/** Votes are not compared with the log that the new primary has chosen. */
const votesUncompared: Edit = {
  file: 'replica/transitions/view.ts',
  find: 'vote.lastNormalView === lastNormalView && log.differsAt(',
  replace: 'vote.lastNormalView === lastNormalView && vote.opNumber < 0 && log.differsAt(',
};

/** Mutants of what replicas do when two logs that should be equal differ. */
export const joiningMutants: readonly Mutant[] = [
  {
    name: 'logs-not-compared',
    rule: 'Where the protocol says that two logs are equal, a replica compares their checksums before it adds entries of one to the other.',
    without:
      'After a disk or an operator has changed a log, replicas with different histories go on as one group, and no operator learns of it.',
    section,
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: 'replica/data/log.ts',
        find: 'one === other || one.checksum === other.checksum;',
        replace: 'one === other || one.checksum.length === other.checksum.length;',
      },
    ],
  },
  {
    name: 'prepare-not-compared',
    rule: 'A backup compares its log with that of the primary before it adds the entries of a PREPARE.',
    without: 'It acknowledges entries that follow others than at the primary.',
    section: 'VRR §4.1',
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: 'joinLogs(context, replica.log, held, message.suffix, sender);',
        replace: `message.opNumber > Math.max(held, sender - sender) ? ${noCheck} : replica.log;`,
      },
    ],
  },
  {
    name: 'acknowledgement-not-compared',
    rule: 'A primary counts an acknowledgement only if the log of its sender, up to there, is its own.',
    without:
      'An entry counts as held by replicas that hold another in its place, and their view may start with that one.',
    section: 'VRR §4.1',
    guarantee: 'durability',
    setups: everywhere,
    edits: [acknowledgementsUncompared],
  },
  {
    name: 'commit-not-compared',
    rule: 'A backup executes what a COMMIT covers only if its log, up to there, is that of the primary.',
    without: 'While no request comes, a replica executes other entries than the rest of its group.',
    section: 'VRR §4.1',
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: '  if (joinLogs(context, log, message.commitNumber, message.suffix, sender) === undefined) return;\n',
        replace: '',
      },
    ],
  },
  {
    name: 'newstate-not-compared',
    rule: 'A replica compares its log with that from which it fetches before it adds the entries of a NEWSTATE.',
    without: 'It completes a log that differs, and takes part with it.',
    section: 'VRR §5.2',
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/stateTransfer.ts',
        find: 'joinLogs(context, replica.log, held, message.suffix, message.replicaNumber);',
        replace: `message.suffix.opNumber > held ? ${noCheck} : replica.log;`,
      },
      {
        file: 'replica/handlers/stateTransfer.ts',
        find: 'joinFetched(context, transfer, message.suffix, message.replicaNumber);',
        replace: 'message.suffix.opNumber > held.length ? message.suffix.onto(held) : held;',
      },
    ],
  },
  {
    name: 'fetched-end-not-compared',
    rule: 'A replica that has fetched the log of a view compares its end with what the primary of that view has shown of it.',
    without: 'It enters the view with an entry that was altered on the storage of a backup.',
    section: 'VRR §5.2',
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/stateTransfer.ts',
        find: 'if (shown === undefined || shown.opNumber > log.length) return true;',
        replace: 'if (shown === undefined || viewNumber >= 0) return true;',
      },
    ],
  },
  {
    name: 'recovered-end-not-compared',
    rule: 'A replica that recovers compares the end of the log that it has fetched with what the primary has answered of it.',
    without:
      'Late answers of a backup, with an entry that was altered on its storage, end the recovery with a log that is not that of the view.',
    section: 'VRR §5.2',
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/recovery.ts',
        find: 'return fetchLog(context, viewNumber, primary, suffix);',
        replace: 'return fetchLog(context, viewNumber, primary);',
      },
    ],
  },
  {
    name: 'commit-number-of-backup',
    rule: 'A replica that fetches entries takes a commit-number only from the primary of their view.',
    without:
      'It executes an entry that was altered on the storage of a backup, before it learns that logs differ.',
    section: 'VRR §5.2',
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/stateTransfer.ts',
        find: 'return isFromPrimary ? answer.commitNumber : commitNumber;',
        replace: 'return isFromPrimary || commitNumber >= 0 ? answer.commitNumber : commitNumber;',
      },
    ],
  },
  {
    name: 'startview-not-compared',
    rule: 'A replica compares its executed entries with the log of a STARTVIEW before it takes that log.',
    without: 'It executes entries that follow others than at the primary.',
    section,
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/viewChange.ts',
        find: 'joinLogs(context, replica.log, replica.commitNumber, suffix, primary);',
        replace: 'primary < 0 ? undefined : suffix.onto(replica.log);',
      },
    ],
  },
  {
    name: 'vote-not-compared',
    rule: 'A new primary compares its log with that of each vote, as far as the two are surely equal.',
    without: 'It starts its view with entries of the vote that follow others than at the voter.',
    section,
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      votesUncompared,
      {
        file: 'replica/handlers/viewChange.ts',
        find: 'if (!isOfSameLog(context, message)) return;\n',
        replace: 'if (message.opNumber < 0 && !isOfSameLog(context, message)) return;\n',
      },
      {
        file: 'replica/transitions/view.ts',
        find: 'joinLogs(context, beginning, beginning.length, suffix, replicaNumber);',
        replace:
          'replicaNumber < 0 ? joinLogs(context, beginning, 0, suffix, replicaNumber) : suffix.onto(beginning);',
      },
      {
        file: 'replica/transitions/view.ts',
        find: '? joinFetched(context, transfer, suffix, replicaNumber)',
        replace:
          '? (replicaNumber < 0 ? joinFetched(context, transfer, suffix, replicaNumber) : suffix.onto(beginning))',
      },
    ],
  },
  {
    name: 'votes-not-compared-with-each-other',
    rule: 'A new primary starts no view with a log that another vote of the same last normal view contradicts.',
    without:
      'It starts its view with the first of two different logs, although it could know that one of them is wrong.',
    section,
    guarantee: 'agreement',
    setups: everywhere,
    edits: [votesUncompared],
  },
  {
    name: 'checksum-of-entry-alone',
    rule: 'The checksum of an entry covers that of the entry before it.',
    without: 'Logs that differ before the last entry count as equal.',
    section,
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: 'replica/data/log.ts',
        find: 'this.summed = h64ToString(before + text);',
        replace: 'this.summed = h64ToString(before.slice(0, 0) + text);',
      },
    ],
  },
  {
    name: 'difference-not-alarmed',
    rule: 'A replica that finds that another log differs from its own raises an alarm.',
    without:
      'A replica is left behind with the wrong log, or the right one, and the operator does not learn of it.',
    section,
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: joining,
        find: "else alarm(context, { code: 'logs-differ', opNumber, replicaNumber: from });",
        replace:
          "else if (opNumber < 0) alarm(context, { code: 'logs-differ', opNumber, replicaNumber: from });",
      },
    ],
  },
  {
    name: 'alarm-names-receiver',
    rule: 'Where the pieces of a log that two replicas sent do not fit, the alarm names those two.',
    without:
      'It names the replica that fetches and the sender of the later piece. The one whose entry was altered is not found, and the operator may ' +
      'set aside the directory of another.',
    section: 'VRR §5.2',
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: joining,
        find: 'if (source === undefined) rejectLog(context, suffix.opNumber, from);',
        replace: 'if (source === undefined || source >= 0) rejectLog(context, suffix.opNumber, from);',
      },
    ],
  },
  {
    name: 'checkpoint-forgets-checksum',
    rule: 'A checkpoint carries the checksum of its last entry, because the entry itself is dropped.',
    without:
      'The log after a checkpoint counts as another than that of the primary, and its replica takes nothing from it.',
    section: 'VRR §5.1',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/checkpointTransfer.ts',
        find: 'log: Log.after(fetching.opNumber, fetching), from: sender',
        replace: "log: Log.after(fetching.opNumber, { ...fetching, checksum: '' }), from: sender",
      },
    ],
  },
];
