import type { Setup } from '../../world/world.ts';

/** What is left out of an exploration because it shows nothing that the rest does not show. */
export interface Reductions {
  /** Clients that differ only in their names, and what they ask for, are interchanged. */
  readonly clients: boolean;
  /** So are replicas that never lead, where nothing depends on their order. */
  readonly replicas: boolean;
  /** A message whose arrival would change nothing is left on its way, for that allows everything that losing it does. */
  readonly vain: boolean;
  /** A message of which nothing will ever come again is no longer part of the state. */
  readonly dead: boolean;
  /** Nor is what no step of a machine will ever ask for again, such as how often it repeated itself. */
  readonly forgotten: boolean;
  /**
   * What commutes with everything else is done at once: writes become durable, unless their replica makes no more of
   * them durable before it crashes; and replies arrive, once clients neither repeat themselves nor restart.
   */
  readonly eager: boolean;
}

/** None of them. */
export const noReductions: Reductions = {
  clients: false,
  replicas: false,
  vain: false,
  dead: false,
  forgotten: false,
  eager: false,
};

/** Those that take nothing of the protocol for granted, as which replicas lead and which messages are taken. */
export const soundForAll: Reductions = { ...noReductions, clients: true, vain: true };

/** All of them. */
export const soundForCorrect: Reductions = {
  clients: true,
  replicas: true,
  vain: true,
  dead: true,
  forgotten: true,
  eager: true,
};

/**
 * Why some of these reductions would hide something in such a group, or undefined if none does. Pieces of logs and
 * checkpoints depend on whom they are asked of, and when; and what shares a PREPARE on when a write becomes durable.
 * Corruption hides nothing: view-numbers outlive it; whoever mends its log takes part in nothing, until the primary of a view
 * that is as late gives it all that it could have been told in that view before; and it mends by the same steps whoever it is.
 */
export function unsoundness(
  { replicas, dead, forgotten, eager }: Reductions,
  { piecewise, batching, checkpointEvery, sessions }: Setup,
): string | undefined {
  if (piecewise && (replicas || dead || forgotten))
    return 'replicas, dead and forgotten are for groups whose messages carry whole logs';
  if (batching && (dead || forgotten || eager))
    return 'dead, forgotten and eager are for groups in which no request waits for another';
  if (sessions !== undefined && (dead || forgotten || eager))
    return 'dead, forgotten and eager are for groups in which nobody need be registered';
  return checkpointEvery !== undefined && (replicas || dead || forgotten || eager)
    ? 'replicas, dead, forgotten and eager are for groups that take no checkpoints'
    : undefined;
}
