import { everywhere, type Mutant } from '../mutant.ts';

/** The clock and the source of chance of the machine, within the reach of every handler. */
const readingAtHand = {
  file: 'replica/step.ts',
  find: '      const { message, reading } = input;',
  replace: `      const { message, reading } = input;
      context.replica.reading = reading;`,
} as const;

/** Ways to let replicas disagree about the time and about chance (VRR §4.4). */
export const predictions: readonly Mutant[] = [
  {
    name: 'clock-at-backup',
    rule: 'A backup executes with what the primary predicted, and never reads a clock of its own.',
    without: 'Its clock shows something else, and so does the state of its service from then on.',
    section: 'VRR §4.4',
    guarantee: 'agreement',
    seen: undefined,
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 5, estimated: true },
    edits: [
      readingAtHand,
      {
        file: 'replica/transitions/execution.ts',
        find: 'service.apply(replica.serviceState, request.operation, request.predicted);',
        replace: `service.apply(
    replica.serviceState,
    request.operation,
    isPrimary(replica) ? request.predicted : (replica.reading ?? request.predicted),
  );`,
      },
    ],
  },
  {
    name: 'prediction-recomputed',
    rule: 'What was predicted is never predicted again, also where a new primary inherits the entry.',
    without:
      'The entry may be committed with what the former primary predicted for it, which some have executed and told a client.',
    section: 'VRR §4.4',
    guarantee: 'agreement',
    seen: undefined,
    origin: 'catalogue',
    setups: everywhere,
    shortestKnown: { steps: 12, estimated: true },
    edits: [
      readingAtHand,
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
    rule: 'No entry is given an earlier time than the one before it, however late the clock of a new primary is.',
    without: 'What the service has let expire comes back to life.',
    section: 'VRR §4.4',
    guarantee: 'agreement',
    seen: undefined,
    origin: 'ours',
    setups: everywhere,
    shortestKnown: undefined,
    edits: [
      {
        file: 'replica/handlers/normal.ts',
        find: 'return { time: Math.max(time, log.lastTime), random };',
        replace: 'return { time: reading === undefined ? log.lastTime : time, random };',
      },
    ],
  },
];
