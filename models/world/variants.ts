import type { Setup } from './world.ts';

/** One thing that may be otherwise in a group than usual: in which manners it is tried, and how it is said. */
interface Variant {
  readonly tried: readonly ((setup: Setup) => Setup)[];
  words(setup: Setup): string | undefined;
  without(setup: Setup): Setup;
}

const pieces: Variant = {
  tried: [(setup) => ({ ...setup, piecewise: true })],
  words: ({ piecewise }) => piecewise && 'log entries sent one by one',
  without: ({ piecewise, ...rest }) => rest,
};

const batches: Variant = {
  // Several requests wait only where there are more clients.
  tried: [(setup) => ({ ...setup, batching: true, clients: setup.clients + 2 })],
  words: ({ batching }) => batching && 'one PREPARE at a time',
  without: ({ batching, ...rest }) => rest,
};

const checkpoints: Variant = {
  // A checkpoint after each entry makes most of what can happen with them likely; after two, entries come in between.
  tried: [(setup) => ({ ...setup, checkpointEvery: 1 }), (setup) => ({ ...setup, checkpointEvery: 2 })],
  words: ({ checkpointEvery: every }) =>
    every === undefined
      ? undefined
      : `a checkpoint after every ${every === 1 ? 'entry' : `${every} entries`}`,
  without: ({ checkpointEvery, ...rest }) => rest,
};

const sessions: Variant = {
  // With one client more than sessions there is always one to be evicted; with one session they evict each other.
  tried: [
    (setup) => ({ ...setup, sessions: setup.clients, clients: setup.clients + 1 }),
    (setup) => ({ ...setup, sessions: 1, clients: Math.max(2, setup.clients) }),
  ],
  words: ({ sessions: most }) =>
    most === undefined ? undefined : `${most} ${most === 1 ? 'session' : 'sessions'} at a time`,
  without: ({ sessions: most, ...rest }) => rest,
};

const variants: readonly Variant[] = [pieces, batches, checkpoints, sessions];

/** What is not as usual in this group, in words, each with a comma before it. */
export function variantsText(setup: Setup): string {
  return variants
    .map(({ words }) => words(setup))
    .flatMap((said) => (said ? [`, ${said}`] : []))
    .join('');
}

/** The same group with one thing more as usual, each in turn. */
export function simplifications(setup: Setup): readonly Setup[] {
  return variants.flatMap(({ words, without }) => (words(setup) === undefined ? [] : [without(setup)]));
}

/** These groups as they are, with entries, requests or clients in another manner, and each of all that with checkpoints too. */
export function withVariants(setups: readonly Setup[]): readonly Setup[] {
  const ways = [...pieces.tried, ...batches.tried, ...sessions.tried];
  const manners = setups.flatMap((setup) => [setup, ...ways.map((tried) => tried(setup))]);
  return manners.flatMap((setup) => [setup, ...checkpoints.tried.map((tried) => tried(setup))]);
}
