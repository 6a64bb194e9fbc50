import { allProperties } from '../checking/model.ts';

/** What the property of this name says, or undefined if there is none. */
export function proseOf(name: string): string | undefined {
  const { guarantees, invariants: steps, settled } = allProperties;
  return [...guarantees, ...steps, ...settled].find((property) => property.name === name)?.prose;
}
