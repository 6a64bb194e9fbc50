import { usualLimits, usualTick } from '../../impl/node/cluster/cluster.ts';
import { Chance } from '../processes/chance.ts';
import type { FaultKind } from './faults.ts';

/** One strike of a fault. */
export interface Strike {
  /** Milliseconds after the beginning of its round. */
  readonly at: number;
  readonly kind: FaultKind;
  /** What the fault draws depends on this alone. */
  readonly seed: number;
  /** Milliseconds until it ends, unless its round ends before. */
  readonly lasts: number;
}

/** A time in which faults strike, and one in which all is well. */
export interface Round {
  /** Milliseconds for which faults strike. */
  readonly storm: number;
  readonly strikes: readonly Strike[];
  /** Milliseconds for which the room rests longer than it must. */
  readonly rest: number;
}

/** All that decides a run, except for the shell that is run. */
export interface RoomPlan {
  /** What machines, links and clients draw depends on it. */
  readonly seed: number;
  /** Milliseconds in a tick of the cluster. All that is stated in ticks, and the times of faults and requests, are in proportion to it. */
  readonly tick: number;
  readonly replicas: number;
  readonly clients: number;
  /** How many parts of a client make requests side by side, at most. */
  readonly parts: number;
  /** Milliseconds between two requests of a part of a client, in the mean. */
  readonly pause: number;
  /** By how many milliseconds a sync of a disk takes longer than one, at most. */
  readonly slowestSync: number;
  /** Whether all packets take equally long. */
  readonly isRegular: boolean;
  /** Whether frames and queues of connections are short, and requests long. */
  readonly isNarrow: boolean;
  /** Whether faults strike only once every client has been answered. */
  readonly isFounded: boolean;
  readonly rounds: readonly Round[];
}

/** What a plan is drawn from. Times are those of a cluster with usual ticks, and longer with longer ones. */
export interface RoomScope {
  readonly seed: number;
  /** By default the usual one. */
  readonly tick?: number;
  readonly replicas: number;
  readonly clients: number;
  /** Virtual milliseconds, at least: the last round is completed. */
  readonly duration: number;
  /** The kinds of faults that strike; one that is named more often strikes more often. None: a quiet run. */
  readonly faults: readonly FaultKind[];
  /** Virtual milliseconds for which faults strike at most before all is made well; by default a minute. */
  readonly storm?: number;
  /** Virtual milliseconds that the room rests after them at most, longer than it must; by default two seconds. */
  readonly rest?: number;
  /** By default 500. */
  readonly pause?: number;
  /** By default 3. */
  readonly slowestSync?: number;
  /** By default 3. */
  readonly parts?: number;
  /** By default false. */
  readonly isRegular?: boolean;
  /** By default false. */
  readonly isNarrow?: boolean;
  /** By default true. */
  readonly isFounded?: boolean;
}

/** Ticks from the end of all faults within which every client must be answered. */
export const returnTicks = 60;

/** What a connection may take, and how many characters are added to each key. */
export const sizes = {
  usual: { connectionLimits: usualLimits, keyChars: 0 },
  narrow: { connectionLimits: { frame: 16 * 1024, queue: 32 * 1024 }, keyChars: 2_500 },
} as const;

/** A plan within the scope: the same for the same scope. */
export function planOf(scope: RoomScope): RoomPlan {
  const { seed, tick = usualTick, replicas, clients, duration, faults, storm = 60_000, rest = 2_000 } = scope;
  const { slowestSync = 3, parts = 3, isRegular = false, isNarrow = false, isFounded = true } = scope;
  const times = tick / usualTick;
  const pause = (scope.pause ?? 500) * times;
  const chance = new Chance(seed, 'plan');
  const rounds: Round[] = [];
  for (let elapsed = returnTicks * tick; elapsed < duration * times; ) {
    const round = roundOf(faults, { storm: storm * times, rest }, times, chance);
    rounds.push(round);
    elapsed += round.storm + returnTicks * tick + round.rest;
  }
  return { seed, tick, replicas, clients, parts, pause, slowestSync, isRegular, isNarrow, isFounded, rounds };
}

function roundOf(
  faults: readonly FaultKind[],
  longest: Pick<Round, 'storm' | 'rest'>,
  times: number,
  chance: Chance,
): Round {
  const storm = Math.round(chance.fraction() ** 2 * longest.storm);
  const rest = chance.below(longest.rest) * times;
  const calm = times * 100 * 10 ** (chance.fraction() * 2);
  // In some rounds what has struck lasts to the end.
  const isLasting = chance.below(2) === 0;
  const strikes: Strike[] = [];
  for (let at = 0; at < storm; at += Math.ceil(-Math.log(1 - chance.fraction()) * calm)) {
    const kind = faults[chance.below(faults.length)];
    if (kind === undefined) break;
    const lasts = isLasting ? storm - at : Math.round(times * 10 * 10 ** (chance.fraction() * 3.5));
    strikes.push({ at, kind, seed: chance.below(2 ** 31), lasts });
  }
  return { storm, strikes, rest };
}

/** Of usual ticks, and of longer ones, as in a group whose members are far from each other. */
const ticks = [usualTick, usualTick, usualTick, usualTick, 100, 250, 500, 1_000] as const;
const groupSizes = [1, 2, 3, 3, 3, 3, 3, 4, 5, 5] as const;

/**
 * The plan of one run of a hunt. Each run has few kinds of faults or many, that strike seldom or often, so that no kind is always hidden
 * behind others. What `fixed` names is not drawn.
 */
export function drawPlan(
  seed: number,
  kinds: readonly FaultKind[],
  fixed: Partial<RoomScope> = {},
): RoomPlan {
  const chance = new Chance(seed, 'scope');
  const shuffled = chance.shuffled(kinds);
  const count = chance.pick([1, 1, 1, 2, 2, 3, 4, kinds.length]);
  // In some rooms packets, and syncs, take equally long.
  const isRegular = chance.below(6) === 0;
  return planOf({
    seed,
    replicas: chance.pick(groupSizes),
    clients: 1 + chance.below(3),
    duration: chance.pick([5_000, 20_000, 60_000, 120_000]),
    faults: shuffled.slice(0, count),
    storm: chance.pick([5_000, 20_000, 40_000, 120_000]),
    pause: Math.round(50 * 10 ** (chance.fraction() * 1.6)),
    slowestSync: isRegular ? 0 : chance.pick([1, 3, 10]),
    isRegular,
    parts: 1 + chance.below(3),
    isFounded: chance.below(4) > 0,
    tick: chance.pick(ticks),
    isNarrow: chance.below(6) === 0,
    ...fixed,
  });
}
