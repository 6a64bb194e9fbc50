import { everywhere, type Mutant } from '../mutant.ts';
import { acknowledgementsUncompared, endOfUnheld } from './uncompared.ts';

/** Mutants of messages: their contents, and the replicas to which they go. */
export const messages: readonly Mutant[] = [
  {
    name: 'decoded-entry-unrandom',
    rule: 'The encoding of an entry keeps the random number that the primary predicted.',
    without: 'A backup executes the entry with another random number, and its service reaches another state.',
    section: 'VRR §4.4',
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: 'node/encoding/logEncoding.ts',
        find: '  const predicted = { time, random };',
        replace: '  const predicted = { time, random: random === 0 ? 1 : 0 };',
      },
    ],
  },
  {
    name: 'prepare-commits-itself',
    rule: 'PREPARE carries the commit-number of earlier entries: its own entry is not committed yet.',
    without: 'The backups execute an entry that only the primary is known to hold.',
    section: 'VRR §4.1',
    guarantee: 'durability',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: "  return { type: 'PREPARE', viewNumber, suffix, opNumber: suffix.opNumber, commitNumber };",
        replace: `  const { opNumber } = suffix;
  return { type: 'PREPARE', viewNumber, suffix, opNumber, commitNumber: Math.max(opNumber, commitNumber) };`,
      },
    ],
  },
  {
    name: 'heartbeat-commits-all',
    rule: 'COMMIT carries the number of the last committed entry, not of the last entry in the log.',
    without: 'The backups execute entries that may still be dropped.',
    section: 'VRR §4.1',
    guarantee: 'durability',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: "  broadcast(context, commitOf(replica), 'view');",
        replace: `  const all = Math.max(replica.commitNumber, replica.log.length);
  broadcast(context, { ...commitOf(replica), commitNumber: all, suffix: replica.log.suffix(all) }, 'view');`,
      },
    ],
  },
  {
    name: 'ack-one-ahead',
    rule: 'An acknowledgement names the last entry that the backup holds, not the next one.',
    without: 'The primary counts a copy that does not exist yet.',
    section: 'VRR §4.1',
    guarantee: 'durability',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: `  const opNumber = log.length;
  const suffix = log.suffix(opNumber);
  const clock`,
        replace: `  const opNumber = isPrimary(replica) ? log.length : log.length + 1;
  const { suffix } = { ${endOfUnheld} };
  const clock`,
      },
      {
        file: 'replica/transitions/view.ts',
        find: "import type { Log } from '../data/log.ts';",
        replace: "import { Log, noEnd } from '../data/log.ts';",
      },
      acknowledgementsUncompared,
    ],
  },
  {
    name: 'vote-to-former-primary',
    rule: 'Votes go to the primary of the new view.',
    without: 'No replica gets the votes that it needs, and no view starts.',
    section: 'VRR §4.2',
    guarantee: 'liveness',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/view.ts',
        find: "import { installCheckpoint, replaceLog } from './execution.ts';",
        replace: `import { send } from './effects.ts';
import { installCheckpoint, replaceLog } from './execution.ts';`,
      },
      {
        file: 'replica/transitions/view.ts',
        find: `  sendToPrimary(context, {
    type: 'DOVIEWCHANGE',`,
        replace: `  send(context, (viewNumber - 1) % replica.configuration.size, {
    type: 'DOVIEWCHANGE',`,
      },
    ],
  },
  {
    name: 'primary-order-local',
    rule: 'All replicas agree on the order in which they become primary.',
    without: 'Two replicas act as primary of the same view.',
    section: 'VRR §4',
    guarantee: 'agreement',
    seen: 'ityonemo/vsr',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 8, estimated: true },
    edits: [
      {
        file: 'replica/data/replica.ts',
        find: 'return primaryOf(replica.configuration, replica.viewNumber) === replica.replicaNumber;',
        replace: `const { configuration, viewNumber, replicaNumber } = replica;
  const turn = replicaNumber === 0 ? viewNumber + 1 : viewNumber;
  return primaryOf(configuration, turn) === replicaNumber;`,
      },
    ],
  },
  {
    name: 'newstate-echoes-request-view',
    rule: 'NEWSTATE names the view of the log that it carries, and a replica in another view than the requested one does not answer.',
    without:
      'A replica takes the log of a later view for that of the requested view, and then acknowledges and votes in the earlier view.',
    section: 'VRR §5.2',
    guarantee: 'agreement',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 14, estimated: true },
    edits: [
      {
        file: 'replica/handlers/stateTransfer.ts',
        find: '  if (message.viewNumber !== viewNumber) {',
        replace: '  if (message.viewNumber > viewNumber) {',
      },
      {
        file: 'replica/handlers/stateTransfer.ts',
        find: "const answer = { type: 'NEWSTATE', viewNumber, suffix,",
        replace: "const answer = { type: 'NEWSTATE', viewNumber: message.viewNumber, suffix,",
      },
    ],
  },
  {
    name: 'lnv-from-log-tail',
    rule: 'The last normal view is the view in which the replica was normal, not the view of its last entry.',
    without:
      'A replica that entered a view without new entries votes as if it had not entered it, and a log that the view has dropped may win.',
    section: 'VRR §4.2',
    guarantee: 'durability',
    seen: 'TAPIR',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 17, estimated: false },
    edits: [
      {
        file: 'replica/transitions/execution.ts',
        find: '  replica.log = replica.log.append(request);',
        replace: `  const entry = 'view' in request ? request : { ...request, view: replica.viewNumber };
  replica.log = replica.log.append(entry);`,
      },
      {
        file: 'replica/transitions/view.ts',
        find: 'const { viewNumber, log, lastNormalView, commitNumber, replicaNumber } = replica;',
        replace: `const { viewNumber, log, commitNumber, replicaNumber } = replica;
  const last = log.length === 0 ? {} : log.at(log.length);
  const lastNormalView = 'view' in last ? last.view : 0;`,
      },
    ],
  },
];
