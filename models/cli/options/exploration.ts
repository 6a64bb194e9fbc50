import { UsageError } from '../../../impl/terminal/arguments.ts';
import { oneOf, wholeNumber } from '../../../impl/terminal/optionValues.ts';
import { type Budget, emptyBudget } from '../../explore/budget/budget.ts';
import {
  noReductions,
  type Reductions,
  soundForAll,
  soundForCorrect,
  unsoundness,
} from '../../explore/reductions/reductions.ts';
import { variantsText } from '../../world/variants.ts';
import type { Setup } from '../../world/world.ts';

const { timers } = emptyBudget;

/** An option that takes a whole number from 0. */
export const count = (help: string, standing: string) =>
  ({ type: 'string', value: 'N', help, default: standing }) as const;

/** An option that takes a whole number and has no default number. */
export const optional = (help: string) => ({ type: 'string', value: 'N', help }) as const;

/** The options that say how often each kind of event may happen. */
export const budgetOptions = {
  requests: count('how many requests are made', '1'),
  timeouts: count('how many timers fire, of replicas and clients together', '1'),
  timers: {
    type: 'string',
    value: 'LIST',
    default: timers.join(),
    help: 'which timers may fire',
  },
  crashes: count('how many replicas crash', '0'),
  corruptions: count('how many more crash and find part of their log corrupt; durable mode only', '0'),
  restarts: optional('how many come back (default: as many as crash, with or without corruption)'),
  'client-restarts': count('how many clients crash and come back', '0'),
  ends: count('how many clients end their sessions', '0'),
  duplicates: count('how many messages are duplicated', '0'),
  drops: count('how many messages are lost for good', '0'),
  partitions: count('how often links are cut', '0'),
} as const;

/** The options for the variants of the protocol. */
export const variantOptions = {
  'max-chars': optional(
    'let messages carry so many characters of log entries, at least one entry (default: all)',
  ),
  pipeline: optional(
    'let so many PREPAREs be outstanding at a time; other requests wait (default: none waits)',
  ),
  'checkpoint-every': optional('take a checkpoint after every N entries (default: never)'),
  sessions: optional('let so many clients have sessions at a time (default: clients need no session)'),
  window: optional('let each client have so many requests outstanding (default: 1, with --sessions 2)'),
} as const;

/** The reductions by their names on the command line. */
const reductionWords: ReadonlyMap<string, keyof Reductions> = new Map([
  ['clients', 'clients'],
  ['replicas', 'replicas'],
  ['no-op', 'noOp'],
  ['dead', 'dead'],
  ['unread', 'unread'],
  ['eager', 'eager'],
]);

/** The option that chooses reductions. */
export const reductionsOption = {
  type: 'string',
  value: 'LIST',
  help: `of ${[...reductionWords.keys()].join(', ')}, or none (default: all; for a mutant or a variant clients,no-op)`,
} as const;

/** The values of the options that say how often each kind of event may happen. */
interface BudgetOptions {
  readonly requests: string;
  readonly timeouts: string;
  readonly timers: string;
  readonly crashes: string;
  readonly corruptions: string;
  readonly restarts: string | undefined;
  readonly 'client-restarts': string;
  readonly ends: string;
  readonly duplicates: string;
  readonly drops: string;
  readonly partitions: string;
  readonly views: string | undefined;
}

/** Reads the options of the budget. */
export function budgetGiven(options: BudgetOptions): Budget {
  const most = (name: string, text: string) => wholeNumber(`--${name}`, text, { min: 0, max: 1000 });
  const crashes = most('crashes', options.crashes);
  const corruptions = most('corruptions', options.corruptions);
  return {
    requests: most('requests', options.requests),
    timeouts: most('timeouts', options.timeouts),
    timers: options.timers.split(',').map((timer) => oneOf('--timers', timer, timers)),
    crashes,
    corruptions,
    restarts: options.restarts === undefined ? crashes + corruptions : most('restarts', options.restarts),
    clientRestarts: most('client-restarts', options['client-restarts']),
    ends: most('ends', options.ends),
    duplicates: most('duplicates', options.duplicates),
    drops: most('drops', options.drops),
    partitions: most('partitions', options.partitions),
    views: options.views === undefined ? Infinity : most('views', options.views),
  };
}

/** Reads the options for the variants of the protocol. */
export function variantsGiven({
  'max-chars': maxChars,
  pipeline,
  'checkpoint-every': checkpointEvery,
  sessions,
  window,
}: {
  readonly 'max-chars': string | undefined;
  readonly pipeline: string | undefined;
  readonly 'checkpoint-every': string | undefined;
  readonly sessions: string | undefined;
  readonly window: string | undefined;
}): Pick<Setup, 'maxChars' | 'pipeline' | 'checkpointEvery' | 'sessions' | 'window'> {
  const number = (name: string, text: string) => wholeNumber(name, text, { min: 1, max: 1_000_000 });
  return {
    ...(maxChars === undefined ? {} : { maxChars: number('--max-chars', maxChars) }),
    ...(pipeline === undefined ? {} : { pipeline: number('--pipeline', pipeline) }),
    ...(checkpointEvery === undefined
      ? {}
      : { checkpointEvery: number('--checkpoint-every', checkpointEvery) }),
    ...(sessions === undefined ? {} : { sessions: number('--sessions', sessions) }),
    ...(window === undefined ? {} : { window: wholeNumber('--window', window, { min: 1, max: 1000 }) }),
  };
}

/** Reads `--reductions`. Throws a UsageError where a reduction would hide violations in such a group. */
export function reductionsGiven(list: string | undefined, setup: Setup, isMutant: boolean): Reductions {
  const isVaried = variantsText(setup) !== '';
  const reductions =
    list === undefined ? (isMutant || isVaried ? soundForAll : soundForCorrect) : chosenFrom(list);
  const reason = unsoundness(reductions, setup);
  if (reason !== undefined) throw new UsageError(`Leave some --reductions out: ${reason}.`);
  return reductions;
}

function chosenFrom(list: string): Reductions {
  const chosen: Record<keyof Reductions, boolean> = { ...noReductions };
  if (list === 'none') return chosen;
  for (const word of list.split(',')) {
    const reduction = reductionWords.get(word);
    if (reduction === undefined)
      throw new UsageError(
        `--reductions must be none, or of ${[...reductionWords.keys()].join(', ')}, and '${word}' is not.`,
      );
    chosen[reduction] = true;
  }
  return chosen;
}
