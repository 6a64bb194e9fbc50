import type { Claims } from '../checking/model.ts';
import { type Find, Hunt } from '../hunt/hunt.ts';
import { pursue } from '../hunt/pursue.ts';
import { scopeOf } from '../hunt/scope.ts';
import type { Subject } from '../runs/runCommands.ts';
import { secondsNow } from './clock.ts';

/** How one hunt is to be done. */
export interface Hunting {
  readonly seed: number;
  /** How long it may hunt, by its clock. */
  readonly seconds: number;
  /** Whether to look for a shorter story of what it finds, which takes some seconds more. */
  readonly retell: boolean;
}

/** What came of one hunt. */
export interface Hunted {
  readonly schedules: number;
  readonly events: number;
  /** How long it hunted until a claim broke. Shrinking comes after that, and is left out. */
  readonly seconds: number;
  readonly found: Found | undefined;
}

/** What a hunt found. */
export interface Found {
  /** The claim that broke first. A shorter story may break another one. */
  readonly claim: string;
  readonly profile: string;
  /** Undefined where a retold story was not asked for. */
  readonly find: Find | undefined;
}

/** Hunts with everything as usual: the hunt knows nothing of what was planted. */
export async function huntedBy(
  { implementation, claims }: Subject,
  { seed, seconds, retell }: Hunting,
): Promise<Hunted> {
  const start = secondsNow();
  let caught: number | undefined;
  const noticing = noticed(claims, () => {
    caught ??= secondsNow() - start;
  });
  const hunt = new Hunt({ implementation, claims: noticing }, scopeOf({}), seed, { shrinks: retell });
  const timeIsUp = (): boolean => secondsNow() - start >= seconds;
  // By the time of day it may take as long as it will.
  const ending = await pursue(hunt, { seconds: Infinity, runs: Infinity }, () => {}, timeIsUp);
  const { schedules, events } = hunt.totals;
  const hunted = { schedules, events, seconds: caught ?? secondsNow() - start };
  if (ending.type !== 'found') return { ...hunted, found: undefined };
  const { find } = ending;
  return {
    ...hunted,
    found: {
      claim: find.violation.claim,
      profile: find.profile,
      find: retell ? hunt.retold(find) : undefined,
    },
  };
}

/** The same claims, and somebody who is told when one of them is broken. */
function noticed({ guarantees, steps, settled }: Claims, tell: () => void): Claims {
  const told = (seen: string | undefined): string | undefined => {
    if (seen !== undefined) tell();
    return seen;
  };
  return {
    guarantees: guarantees.map((claim) => ({
      ...claim,
      broken: (state, observation) => told(claim.broken(state, observation)),
    })),
    steps: steps.map((claim) => ({ ...claim, broken: (step) => told(claim.broken(step)) })),
    settled: settled.map((claim) => ({ ...claim, broken: (world) => told(claim.broken(world)) })),
  };
}
