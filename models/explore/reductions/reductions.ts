import type { Setup } from '../../world/world.ts';

/** Which parts of the state space an exploration leaves out, because the rest shows every violation that they show. */
export interface Reductions {
  /** Treats clients as interchangeable: they differ only in their names and in what they ask for. */
  readonly clients: boolean;
  /** Treats replicas that never become primary as interchangeable, where nothing depends on their order. */
  readonly replicas: boolean;
  /** Leaves out no-op deliveries: one that changes nothing allows no more than leaving the message in flight. */
  readonly noOp: boolean;
  /** Removes dead messages from the state: those that no machine will ever act upon. */
  readonly dead: boolean;
  /** Ignores the parts of a machine that no later step reads, such as how often it repeated a message. */
  readonly unread: boolean;
  /**
   * Takes moves at once that commute with all others: writes become durable, unless they are crash-bound; and replies
   * arrive, once clients make no requests, repeat none and never restart.
   */
  readonly eager: boolean;
}

/** No reductions: every interleaving is explored. */
export const noReductions: Reductions = {
  clients: false,
  replicas: false,
  noOp: false,
  dead: false,
  unread: false,
  eager: false,
};

/** The reductions that assume nothing about the protocol. They are sound for mutants too. */
export const soundForAll: Reductions = { ...noReductions, clients: true, noOp: true };

/** All reductions. They are sound only for the protocol as it should be. */
export const soundForCorrect: Reductions = {
  clients: true,
  replicas: true,
  noOp: true,
  dead: true,
  unread: true,
  eager: true,
};

/**
 * Why some of these reductions would hide violations in such a group, or undefined if none would. The contents of log
 * pieces and checkpoints depend on which replica is asked, and when. Which requests share a PREPARE depends on when a
 * write becomes durable.
 *
 * Corruption needs no exception. View numbers survive it. A replica that repairs its log takes part in nothing until the
 * primary of as late a view has given it all that it could have been told there before. Every replica repairs its log by
 * the same steps.
 */
export function unsoundness(
  { replicas, dead, unread, eager }: Reductions,
  { maxChars, pipeline, checkpointEvery, sessions, window }: Setup,
): string | undefined {
  if (maxChars !== undefined && (replicas || dead || unread))
    return 'replicas, dead and unread are for groups whose messages carry whole logs';
  if (pipeline !== undefined && (dead || unread || eager))
    return 'dead, unread and eager are for groups in which no request waits for another';
  if (sessions !== undefined && (dead || unread || eager))
    return 'dead, unread and eager are for groups whose clients need no session';
  if (window !== undefined && (dead || unread || eager))
    return 'dead, unread and eager are for groups whose clients have one request outstanding';
  return checkpointEvery !== undefined && (replicas || dead || unread || eager)
    ? 'replicas, dead, unread and eager are for groups that take no checkpoints'
    : undefined;
}
