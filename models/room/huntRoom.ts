import { Chance } from '../processes/chance.ts';
import type { RoomViolation } from './judge.ts';
import type { RoomPlan } from './plan.ts';
import { type RoomReport, runRoom } from './runRoom.ts';
import type { Shell } from './shell.ts';
import type { BrokenPlan } from './shrinkPlan.ts';

/** What a hunt runs, and for how long. */
export interface RoomHunt {
  readonly seed: number;
  /** The plan of a run with this seed. */
  readonly planOf: (seed: number) => RoomPlan;
  /** A mutant; undefined: the shell as it is. */
  readonly mutant: Shell | undefined;
  /** Seconds of processor time. */
  readonly seconds: number;
  readonly runs: number;
  readonly isInterrupted: () => boolean;
  readonly onRun?: (report: RoomReport, plan: RoomPlan) => void;
  readonly onNote?: (line: string, now: number) => void;
}

/** What a hunt came to. */
export interface RoomHuntEnd {
  readonly found: BrokenPlan | undefined;
  readonly runs: number;
  /** Seconds of processor time. */
  readonly seconds: number;
  /** Runs that broke a property, and in which the shell without the mutant broke it, too. */
  readonly alike: number;
}

/**
 * Runs plan after plan, until one breaks a property. What breaks it with a mutant, and without it, too, tells nothing of the mutant: then the hunt goes on.
 */
export async function huntRoom(hunt: RoomHunt): Promise<RoomHuntEnd> {
  const { mutant, isInterrupted, onNote } = hunt;
  const chance = new Chance(hunt.seed, 'hunt');
  const started = process.cpuUsage();
  const seconds = (): number => secondsSince(started);
  let [runs, alike] = [0, 0];
  while (runs < hunt.runs && seconds() < hunt.seconds && !isInterrupted()) {
    const plan = hunt.planOf(runs === 0 ? hunt.seed : chance.below(2 ** 31));
    const report = await runRoom(plan, {
      isInterrupted,
      ...(mutant && { shell: mutant }),
      ...(onNote && { onNote }),
    });
    if (isInterrupted()) break;
    runs++;
    hunt.onRun?.(report, plan);
    const [violation] = report.violations;
    if (violation === undefined) continue;
    const found = { plan: broken(plan, report), violation: printable(violation), digest: report.digest };
    if (mutant === undefined) return { found, runs, alike, seconds: seconds() };
    const real = await runRoom(found.plan, { isInterrupted });
    if (isInterrupted()) break;
    if (real.violations.length === 0) return { found, runs, alike, seconds: seconds() };
    alike++;
  }
  return { found: undefined, runs, alike, seconds: seconds() };
}

/** Seconds of processor time since then. */
export function secondsSince(started: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1e6;
}

/** The plan up to the round that broke a property. */
function broken(plan: RoomPlan, { rounds }: RoomReport): RoomPlan {
  return { ...plan, rounds: plan.rounds.slice(0, rounds) };
}

function printable({ property, text }: RoomViolation): RoomViolation {
  return { property, text: text.replace(/\p{C}+/gu, ' ').slice(0, 2_000) };
}
