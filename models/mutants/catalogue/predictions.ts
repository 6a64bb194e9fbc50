import { everywhere, type Mutant } from '../mutant.ts';

/** Gives every handler the clock and the random numbers of its machine. */
const keepReading = {
  file: 'replica/step.ts',
  find: '      const { message, reading } = input;',
  replace: `      const { message, reading } = input;
      context.replica.reading = reading;`,
} as const;

/** Mutants of predicted values: the time and the random numbers of an entry (VRR §4.4). */
export const predictions: readonly Mutant[] = [
  {
    name: 'clock-at-backup',
    rule: 'A backup executes an entry with the primary’s predicted values and never reads its own clock.',
    without: 'The clock of the backup differs, and so does the state of its service from then on.',
    section: 'VRR §4.4',
    guarantee: 'agreement',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 5, estimated: true },
    edits: [
      keepReading,
      {
        file: 'replica/transitions/execution.ts',
        find: 'freeze(predicted)',
        replace: 'isPrimary(replica) ? predicted : (replica.reading ?? predicted)',
      },
    ],
  },
  {
    name: 'prediction-recomputed',
    rule: 'Predicted values are never computed again, not even when a new primary inherits the entry.',
    without:
      'The entry may be committed with the former primary’s values, which some replicas have executed and one has told to a client.',
    section: 'VRR §4.4',
    guarantee: 'agreement',
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 12, estimated: true },
    edits: [
      keepReading,
      {
        file: 'replica/transitions/view.ts',
        find: '  enterNormal(context, replica.viewNumber, log, committed);',
        replace: `  const predicted = replica.reading;
  const again = log
    .entriesAfter(committed)
    .reduce((whole, entry) => whole.append({ ...entry, predicted }), log.prefix(committed));
  enterNormal(context, replica.viewNumber, predicted === undefined ? log : again, committed);`,
      },
    ],
  },
  {
    name: 'agreed-time-runs-back',
    rule: 'No entry has an earlier time than the entry before it, however late the clock of a new primary is.',
    without: 'Values that the service has let expire come back.',
    section: 'VRR §4.4',
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/agreedTime.ts',
        find: 'return { time: Math.max(believed, lastTime), random };',
        replace: 'return { time: time === 0 ? lastTime : believed, random };',
      },
    ],
  },
  {
    name: 'own-clock-trusted',
    rule: 'A primary compares its clock with the last entry also where it ordered that entry itself.',
    without:
      'Its clock is set back between two requests, and values that the service has let expire come back.',
    section: 'VRR §4.4',
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/agreedTime.ts',
        find: '  return { time: Math.max(believed, lastTime), random };',
        // Machines of the simulated world differ in their random numbers, so that they tell who ordered an entry.
        replace: `  let others = replica.log;
  while (others.length > others.base && others.at(others.length).predicted.random === random)
    others = others.prefix(others.length - 1);
  return { time: time === 0 ? lastTime : Math.max(believed, others.lastTime), random };`,
      },
    ],
  },
  {
    name: 'random-drawn-by-each',
    rule: 'A replica executes an entry with the random number of the entry, which the primary drew, and draws none itself.',
    without:
      'Each replica executes the entry with another random number, and the services differ from then on.',
    section: 'VRR §4.4',
    guarantee: 'agreement',
    setups: everywhere,
    edits: [
      {
        file: 'replica/transitions/execution.ts',
        find: 'freeze(predicted)',
        replace: '{ ...predicted, random: (replica.replicaNumber + 1) * 40503 + replica.commitNumber + 1 }',
      },
    ],
  },
  {
    name: 'checkpoint-forgets-agreed-time',
    rule: 'A checkpoint carries the agreed time of its last entry, because the entry itself is dropped.',
    without:
      'A replica that goes on from a checkpoint knows no agreed time. As the primary it predicts an earlier time than the last entry had.',
    section: 'VRR §4.4',
    guarantee: 'monotonic',
    setups: everywhere,
    edits: [
      {
        file: 'replica/handlers/recovery.ts',
        find: 'replica.log = Log.after(checkpoint.opNumber, checkpoint);',
        replace: 'replica.log = Log.after(checkpoint.opNumber, { ...checkpoint, time: 0 });',
      },
      {
        file: 'replica/handlers/checkpointTransfer.ts',
        find: 'replica.log = Log.after(checkpoint.opNumber, checkpoint);',
        replace: 'replica.log = Log.after(checkpoint.opNumber, { ...checkpoint, time: 0 });',
      },
      {
        file: 'replica/handlers/checkpointTransfer.ts',
        find: 'log: Log.after(fetching.opNumber, fetching), from: sender',
        replace: 'log: Log.after(fetching.opNumber, { ...fetching, time: 0 }), from: sender',
      },
    ],
  },
];
