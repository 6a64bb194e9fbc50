import { realImplementation } from '../world/implementation.ts';
import type { Setup } from '../world/world.ts';

/** Draws a whole number from 0 to `count` − 1. */
export type DrawBelow = (count: number) => number;

/** One value of a dimension of configurations. */
interface Option {
  /** How often it is drawn, relative to the others. */
  readonly weight: number;
  readonly applied: (setup: Setup) => Setup;
}

/** One thing in which configurations differ. */
export interface Dimension {
  readonly options: readonly Option[];
  /** Whether a hunt draws the values that pay off more often. The others are drawn by their weights alone. */
  readonly learns: boolean;
}

const unchanged = (weight: number): Option => ({ weight, applied: (setup) => setup });

/** An entry of the simulated service has about 120 characters, so that these are pieces of one, two, three, … entries. */
const maxChars: Dimension = {
  options: [
    unchanged(60),
    ...[1, 250, 370, 500, 1000].map((value, index): Option => {
      return { weight: index === 0 ? 20 : 4, applied: (setup) => ({ ...setup, maxChars: value }) };
    }),
  ],
  learns: true,
};

const pipeline: Dimension = {
  options: [
    unchanged(56),
    ...[20, 12, 6, 6].map((weight, index): Option => {
      // Several requests wait only with more clients.
      return { weight, applied: (setup) => ({ ...setup, pipeline: index + 1, clients: setup.clients + 2 }) };
    }),
  ],
  learns: true,
};

/** A checkpoint after each entry reaches most of the checkpoint code; with others, entries lie between checkpoints. */
const checkpointEvery: Dimension = {
  options: [
    unchanged(38),
    ...[
      [1, 24],
      [2, 16],
      [3, 7],
      [5, 5],
    ].map(([every = 1, weight = 0]): Option => {
      return { weight, applied: (setup) => ({ ...setup, checkpointEvery: every }) };
    }),
    ...[
      [1, 6],
      [2, 4],
    ].map(([every = 1, weight = 0]): Option => {
      return { weight, applied: (setup) => ({ ...setup, checkpointEvery: every, lateCheckpoints: true }) };
    }),
  ],
  learns: true,
};

const sessions: Dimension = {
  options: [
    unchanged(54),
    // With one more client than sessions, one is always evicted; with one session, clients evict each other.
    { weight: 20, applied: (setup) => ({ ...setup, sessions: setup.clients, clients: setup.clients + 1 }) },
    { weight: 20, applied: (setup) => ({ ...setup, sessions: 1, clients: Math.max(2, setup.clients) }) },
    { weight: 6, applied: (setup) => ({ ...setup, sessions: production.sessions }) },
  ],
  learns: true,
};

const window: Dimension = {
  options: [
    unchanged(60),
    ...[1, 2, 3, 4, 5, 6, 7, 8].map((value): Option => {
      return { weight: 5, applied: (setup) => ({ ...setup, window: value }) };
    }),
  ],
  learns: true,
};

const stepping: Dimension = {
  options: [unchanged(93), { weight: 7, applied: (setup) => ({ ...setup, inPlace: true }) }],
  learns: false,
};

const encoding: Dimension = {
  options: [
    unchanged(98),
    { weight: 1, applied: (setup) => ({ ...setup, codec: 'json' }) },
    { weight: 1, applied: (setup) => ({ ...setup, codec: 'binary' }) },
  ],
  learns: false,
};

const founding: Dimension = {
  options: [unchanged(95), { weight: 5, applied: (setup) => ({ ...setup, unfounded: true }) }],
  learns: false,
};

/** Messages take time only while the group settles. Transfers of single entries then take longest. */
const latency: Dimension = {
  options: [
    unchanged(94),
    // A round trip of one tick is the longest that the delays of the timers allow for.
    { weight: 6, applied: (setup) => ({ ...setup, latency: 0.5, maxChars: 1 }) },
  ],
  learns: false,
};

/** A replica whose service is not deterministic shows only where checkpoints are taken. */
const impure = (weight: number, replica: number, from: number, part: 'table' | 'state'): Option => ({
  weight,
  applied: ({ checkpointEvery = 1, ...setup }) => ({
    ...setup,
    checkpointEvery: Math.min(checkpointEvery, 3),
    impure: { replica: replica % setup.replicas, from, part },
  }),
});

/** A service that fails at some operations must fail at the same ones at all replicas. Reads are ordered like other operations. */
const service: Dimension = {
  options: [
    unchanged(82),
    { weight: 6, applied: (setup) => ({ ...setup, service: 'reading' }) },
    { weight: 6, applied: (setup) => ({ ...setup, service: 'failing' }) },
    ...[impure(1, 0, 1, 'state'), impure(1, 0, 3, 'table'), impure(1, 1, 2, 'state')],
    ...[impure(1, 1, 1, 'table'), impure(1, 2, 4, 'state'), impure(1, 2, 2, 'table')],
  ],
  learns: false,
};

/** Frames that carry about 800, 1,400 and 3,000 characters. Pieces of logs are no larger. */
const frames: Dimension = {
  options: [
    unchanged(94),
    ...[4400, 6200, 11_000].map((frameBytes): Option => {
      return {
        weight: 2,
        // A replica that diverges executes the ledger.
        applied: ({ maxChars, impure, checkpointEvery = 2, ...setup }) => ({
          ...setup,
          checkpointEvery,
          frameBytes,
          service: 'bulky',
          ...(maxChars === undefined || maxChars > 500 ? {} : { maxChars }),
        }),
      };
    }),
  ],
  learns: true,
};

/**
 * The log of a replica that restarts. Which entries a log has dropped would have to be known to compare it. Messages that
 * carry whole logs replace an altered entry, and those that carry pieces do not.
 */
const altered = (replica: number, opNumber: number, maxChars?: number): Option => ({
  weight: 2,
  applied: ({ impure, ...setup }) => {
    if (setup.mode === 'diskless') return setup;
    const { checkpointEvery, ...rest } = setup;
    const pieces = maxChars === undefined ? {} : { maxChars };
    return { ...rest, ...pieces, altered: { replica: replica % setup.replicas, opNumber } };
  },
});

const alteration: Dimension = {
  options: [
    unchanged(100),
    ...[altered(0, 1, 1), altered(1, 1), altered(1, 2, 1), altered(2, 1, 1), altered(2, 3)],
    // Few logs are so long before a group settles.
    ...[altered(1, 16, 1), altered(2, 17)],
  ],
  learns: false,
};

/** Every dimension. They are applied in this order. */
export const dimensions: readonly Dimension[] = [
  ...[maxChars, pipeline, checkpointEvery, sessions],
  ...[window, stepping, encoding, founding, latency, service, frames, alteration],
];

const { configure, ledgerService } = realImplementation;
/** What production runs: the defaults of a configuration. */
const production = configure(3, 'durable', ledgerService);

/** One configuration in this many is production's as a whole. */
export const productionOneIn = 28;

/**
 * The values drawn for one schedule: by dimension the number of its option; or production's configuration as a whole, or
 * the one that the group has already.
 */
export type Configuring = readonly number[] | 'production' | 'as-it-is';

/** Draws a configuration. `draw` draws the option of a dimension. */
export function drawConfiguring(below: DrawBelow, draw: (dimension: number) => number): Configuring {
  return below(productionOneIn) === 0 ? 'production' : dimensions.map((_, dimension) => draw(dimension));
}

/** The group in this configuration. `below` draws what the configuration leaves open. */
export function configured(group: Setup, configuring: Configuring, below: DrawBelow): Setup {
  if (configuring === 'as-it-is') return group;
  if (configuring !== 'production')
    return dimensions.reduce(
      (setup, { options }, dimension) => options[configuring[dimension] ?? 0]?.applied(setup) ?? setup,
      group,
    );
  const { maxChars, pipeline, checkpointEvery, sessions, window } = production;
  const codec = below(2) === 0 ? 'json' : 'binary';
  const clients = group.clients + below(3);
  return { ...group, clients, maxChars, pipeline, checkpointEvery, sessions, window, inPlace: true, codec };
}

/** Whether this is production's configuration, whatever the group. */
export function isProduction(setup: Setup): boolean {
  const numbers = ['maxChars', 'pipeline', 'checkpointEvery', 'sessions', 'window'] as const;
  const isLike = numbers.every((name) => setup[name] === production[name]);
  return isLike && setup.inPlace === true && setup.codec !== undefined;
}
