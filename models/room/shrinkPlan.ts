import type { RoomProperty, RoomViolation } from './judge.ts';
import type { RoomPlan, Round, Strike } from './plan.ts';
import type { RoomReport } from './runRoom.ts';

/** A plan that breaks a property, and how. */
export interface BrokenPlan {
  readonly plan: RoomPlan;
  readonly violation: RoomViolation;
  readonly digest: string;
}

/** What is left of a plan. */
export interface ShrunkPlan extends BrokenPlan {
  /** Whether each strike was left out alone, and the property held then. */
  readonly isMinimal: boolean;
}

/** How a plan is shrunk. */
export interface Shrinking {
  /** Runs a plan. */
  readonly run: (plan: RoomPlan) => Promise<RoomReport>;
  /** No run is begun after as many events of all runs. */
  readonly events: number;
  readonly isInterrupted: () => boolean;
  readonly onProgress?: (best: RoomPlan, runs: number) => void;
}

/** A smaller plan that breaks the same property: with fewer rounds, strikes, clients and replicas, and in less time. */
export async function shrinkPlan(broken: BrokenPlan, how: Shrinking): Promise<ShrunkPlan> {
  const work = new Work(broken, how);
  await work.withoutBlocks(
    ({ rounds }) => rounds,
    (plan, rounds) => ({ ...plan, rounds }),
  );
  for (let pass = 0; pass < 3; pass++) {
    const before = work.best.plan;
    await work.withoutBlocks(strikesOf, withStrikes);
    for (const simpler of simplifications) while (await work.attempt(simpler(work.best.plan)));
    await work.shorter();
    if (work.best.plan === before) break;
  }
  return { ...work.best, isMinimal: await work.isMinimal() };
}

/** A plan that is simpler in one respect; the same one if it cannot be. */
const simplifications: readonly ((plan: RoomPlan) => RoomPlan)[] = [
  (plan) => (plan.clients > 1 ? { ...plan, clients: 1 } : plan),
  (plan) => (plan.clients > 1 ? { ...plan, clients: plan.clients - 1 } : plan),
  (plan) => (plan.parts > 1 ? { ...plan, parts: plan.parts - 1 } : plan),
  (plan) => (plan.replicas > 3 ? { ...plan, replicas: 3 } : plan),
  (plan) => (plan.replicas > 1 ? { ...plan, replicas: plan.replicas - 1 } : plan),
  (plan) => (plan.isFounded ? plan : { ...plan, isFounded: true }),
  (plan) => (plan.pause < 2_000 ? { ...plan, pause: plan.pause * 2 } : plan),
];

class Work {
  best: BrokenPlan;
  private runs = 0;
  private events = 0;
  private readonly how: Shrinking;
  private readonly property: RoomProperty;

  constructor(broken: BrokenPlan, how: Shrinking) {
    this.best = broken;
    this.how = how;
    this.property = broken.violation.property;
  }

  private get isOver(): boolean {
    return this.events >= this.how.events || this.how.isInterrupted();
  }

  /** Takes a plan in place of the best one, if it is another and breaks the same property. */
  async attempt(plan: RoomPlan): Promise<boolean> {
    if (plan === this.best.plan || this.isOver) return false;
    const { violations, digest, events, rounds } = await this.how.run(plan);
    this.runs++;
    this.events += events;
    this.how.onProgress?.(this.best.plan, this.runs);
    const violation = violations.find(({ property }) => property === this.property);
    if (violation === undefined || this.how.isInterrupted()) return false;
    // The run ended with the round that broke it.
    this.best = { plan: { ...plan, rounds: plan.rounds.slice(0, rounds) }, violation, digest };
    return true;
  }

  /** Leaves out blocks, from half of the items down to single ones. */
  async withoutBlocks<Item>(
    itemsOf: (plan: RoomPlan) => readonly Item[],
    withItems: (plan: RoomPlan, items: readonly Item[]) => RoomPlan,
  ): Promise<void> {
    const count = (): number => itemsOf(this.best.plan).length;
    for (let size = Math.ceil(count() / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let start = count() - size; start > -size; start = Math.min(start, count()) - size) {
        const { plan } = this.best;
        const items = itemsOf(plan);
        const kept = items.filter((_, index) => index < start || index >= start + size);
        await this.attempt(withItems(plan, kept));
      }
    }
  }

  /** Shortens storms, rests and strikes. */
  async shorter(): Promise<void> {
    for (let at = 0; at < this.best.plan.rounds.length; at++) {
      await this.change(at, (round) => (round.rest > 0 ? { ...round, rest: 0 } : round));
      const end = ({ strikes }: Round) => Math.max(1, ...strikes.map((strike) => strike.at + strike.lasts));
      await this.change(at, (round) => (end(round) < round.storm ? { ...round, storm: end(round) } : round));
      while (await this.change(at, halved));
      await this.change(at, earlier);
      const count = this.best.plan.rounds[at]?.strikes.length ?? 0;
      for (let number = 0; number < count; number++)
        while (await this.change(at, (round) => withShorterStrike(round, number)));
    }
  }

  /** Whether no strike can be left out: tries each alone, again after each that could be. */
  async isMinimal(): Promise<boolean> {
    for (let index = 0; index < strikesOf(this.best.plan).length; ) {
      const { plan } = this.best;
      const kept = strikesOf(plan).filter((_, number) => number !== index);
      index = (await this.attempt(withStrikes(plan, kept))) ? 0 : index + 1;
      if (this.isOver) return false;
    }
    return true;
  }

  private change(at: number, changed: (round: Round) => Round): Promise<boolean> {
    const { plan } = this.best;
    const round = plan.rounds[at];
    const other = round && changed(round);
    if (other === undefined || other === round) return Promise.resolve(false);
    return this.attempt({ ...plan, rounds: plan.rounds.with(at, other) });
  }
}

function halved(round: Round): Round {
  const last = Math.max(0, ...round.strikes.map(({ at }) => at));
  const storm = Math.floor(round.storm / 2);
  return storm > last ? { ...round, storm } : round;
}

/** The same round, without the time before its first strike. */
function earlier(round: Round): Round {
  const first = Math.min(...round.strikes.map(({ at }) => at));
  if (first === 0 || first === Infinity) return round;
  const strikes = round.strikes.map((strike) => ({ ...strike, at: strike.at - first }));
  return { ...round, storm: round.storm - first, strikes };
}

function withShorterStrike(round: Round, number: number): Round {
  const strike = round.strikes[number];
  if (strike === undefined || strike.lasts < 100) return round;
  return {
    ...round,
    strikes: round.strikes.with(number, { ...strike, lasts: Math.floor(strike.lasts / 2) }),
  };
}

interface Placed {
  readonly round: number;
  readonly strike: Strike;
}

function strikesOf({ rounds }: RoomPlan): readonly Placed[] {
  return rounds.flatMap(({ strikes }, round) => strikes.map((strike) => ({ round, strike })));
}

function withStrikes(plan: RoomPlan, placed: readonly Placed[]): RoomPlan {
  const rounds = plan.rounds.map((round, at) => ({
    ...round,
    strikes: placed.filter((one) => one.round === at).map(({ strike }) => strike),
  }));
  return { ...plan, rounds };
}
