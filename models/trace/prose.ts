import { allClaims } from '../checking/model.ts';

/** What the claim of this name says, or undefined if there is none. */
export function proseOf(name: string): string | undefined {
  const { guarantees, steps, settled } = allClaims;
  return [...guarantees, ...steps, ...settled].find((claim) => claim.name === name)?.prose;
}
