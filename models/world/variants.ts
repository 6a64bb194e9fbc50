import type { Setup } from './world.ts';

/** What may be otherwise in a group than usual: what is tried of it, and how it is said. */
const variants: readonly {
  readonly tried: readonly Pick<Setup, 'piecewise' | 'checkpointEvery'>[];
  words(setup: Setup): string | undefined;
  without(setup: Setup): Setup;
}[] = [
  {
    tried: [{ piecewise: true }],
    words: ({ piecewise }) => piecewise && 'log entries sent one by one',
    without: ({ piecewise, ...rest }) => rest,
  },
  {
    // A checkpoint after each entry makes most of what can happen with them likely; after two, entries come in between.
    tried: [{ checkpointEvery: 1 }, { checkpointEvery: 2 }],
    words: ({ checkpointEvery: every }) =>
      every === undefined
        ? undefined
        : `a checkpoint after every ${every === 1 ? 'entry' : `${every} entries`}`,
    without: ({ checkpointEvery, ...rest }) => rest,
  },
];

/** What is not as usual in this group, in words, each with a comma before it. */
export function variantsText(setup: Setup): string {
  return variants
    .map(({ words }) => words(setup))
    .flatMap((said) => (said ? [`, ${said}`] : []))
    .join('');
}

/** The same group with one thing more as usual, each in turn. */
export function plainer(setup: Setup): readonly Setup[] {
  return variants.flatMap(({ words, without }) => (words(setup) === undefined ? [] : [without(setup)]));
}

/** Every combination of these groups with what may be otherwise. */
export function withVariants(setups: readonly Setup[]): readonly Setup[] {
  return variants.reduce<readonly Setup[]>(
    (all, { tried }) => [{}, ...tried].flatMap((variant) => all.map((setup) => ({ ...setup, ...variant }))),
    setups,
  );
}
