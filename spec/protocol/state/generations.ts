/**
 * By replica: its *generation*, which is how often it is known to have lost its whole storage. A number that is missing is 0, and the
 * last one is not 0.
 */
export type Generations = readonly number[];

/** No replica is known to have lost its storage. */
export const noLosses: Generations = [];

/** How often the replica is known to have lost its storage. */
export function generationOf(generations: Generations, replica: number): number {
  return generations[replica] ?? 0;
}

/** What is known, where it is known too that the replica has lost its storage so often. */
export function withGeneration(generations: Generations, replica: number, generation: number): Generations {
  if (generation <= generationOf(generations, replica)) return generations;
  return Array.from({ length: Math.max(generations.length, replica + 1) }, (_, other) =>
    other === replica ? generation : generationOf(generations, other),
  );
}

/** What is known to some of them. */
export function together(all: readonly Generations[]): Generations {
  return all.reduce((known, more) =>
    more.reduce((joint, generation, replica) => withGeneration(joint, replica, generation), known),
  );
}

/** Whether both know the same losses. */
export function isSameKnowledge(one: Generations | undefined, other: Generations | undefined): boolean {
  if (one === other) return true;
  if (one === undefined || other === undefined || one.length !== other.length) return false;
  return one.every((generation, replica) => generation === other[replica]);
}
