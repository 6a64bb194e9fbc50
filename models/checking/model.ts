import { type Claim, guarantees, type Observation } from '../../spec/promise/index.ts';
import type { Machine, World } from '../world/world.ts';
import { keptPositions, observations, settledObservation, votingLog } from './abstraction.ts';
import { beginChronicle, type Chronicle, withEntries, withObservation, withSayings } from './ghostState.ts';
import { settledClaims, stepClaims } from './invariants/index.ts';
import type { ReplicaStep, SettledClaim, StepClaim } from './invariants/invariant.ts';

/** A claim that did not hold, and what was seen. */
export interface Violation {
  readonly claim: string;
  readonly level: 'guarantee' | 'step' | 'cluster';
  readonly seen: string;
}

/** The claims that are judged. A search may arm only some, to see what each can catch by itself. */
export interface Claims {
  readonly guarantees: readonly Claim[];
  readonly steps: readonly StepClaim[];
  readonly settled: readonly SettledClaim[];
}

/** Every claim there is. */
export const allClaims: Claims = { guarantees, steps: stepClaims, settled: settledClaims };

/** Of all claims those whose name or level passes. */
export function claimsWhere(passes: (name: string, level: Violation['level']) => boolean): Claims {
  return {
    guarantees: guarantees.filter(({ name }) => passes(name, 'guarantee')),
    steps: stepClaims.filter(({ name, level }) => passes(name, level)),
    settled: settledClaims.filter(({ name, level }) => passes(name, level)),
  };
}

/** What somebody outside can see broken, and nothing about the inside. */
export const guaranteesOnly: Claims = claimsWhere((_, level) => level === 'guarantee');

/** The claims that are armed by these words. */
export const claimsCalled = { all: allClaims, guarantees: guaranteesOnly } as const;

/**
 * The abstract model beside a running world: it takes in every event, and judges it by every claim that is armed.
 * The chronicle inside is immutable, so a model can be copied by keeping its chronicle.
 */
export class Model {
  chronicle: Chronicle;
  private readonly claims: Claims;

  constructor(world: World, claims: Claims = allClaims, chronicle: Chronicle = beginChronicle(world)) {
    this.claims = claims;
    this.chronicle = chronicle;
  }

  /** Takes in the event that led from one world to the next. Yields the first claim that it breaks. */
  follow(before: World, after: World): Violation | undefined {
    const number = after.last?.replica;
    const old = number === undefined ? undefined : before.machines[number];
    const now = number === undefined ? undefined : after.machines[number];
    const { chronicle } = this;
    if (number === undefined || old === undefined || now === undefined)
      return this.observeAll(observations(before, after, chronicle));
    this.chronicle = withEntries(chronicle, after, number);
    learnBases(this.chronicle, old, now);
    const broken = this.observeAll(observations(before, after, this.chronicle));
    const step: ReplicaStep = { before, after, chronicle, executed: this.chronicle, number, old, now };
    const violation = broken ?? this.judgeStep(step);
    this.chronicle = withSayings(this.chronicle, step);
    return violation ?? this.judgeKept(step);
  }

  /** Takes in what was seen, in order, up to the first observation that breaks a guarantee. */
  observeAll(seen: readonly Observation[]): Violation | undefined {
    for (const observation of seen) {
      const violation = this.judge(observation);
      this.chronicle = withObservation(this.chronicle, observation);
      if (violation !== undefined) return violation;
    }
    return undefined;
  }

  /** Judges the group when faults have stopped for long enough. */
  judgeSettled(world: World): Violation | undefined {
    for (const claim of this.claims.settled) {
      const seen = claim.broken(world);
      if (seen !== undefined) return { claim: claim.name, level: claim.level, seen };
    }
    return this.observeAll([settledObservation(world, this.chronicle)]);
  }

  private judge(observation: Observation): Violation | undefined {
    for (const claim of this.claims.guarantees) {
      const seen = claim.broken(this.chronicle.promised, observation);
      if (seen !== undefined) return { claim: claim.name, level: 'guarantee', seen };
    }
    return undefined;
  }

  private judgeStep(step: ReplicaStep): Violation | undefined {
    for (const claim of this.claims.steps) {
      const seen = claim.broken(step);
      if (seen !== undefined)
        return { claim: claim.name, level: claim.level, seen: `r${step.number}: ${seen}` };
    }
    return undefined;
  }

  /** What would survive can change only with the history, or with what this replica would bring into a view change. */
  private judgeKept({ after, chronicle, old, now }: ReplicaStep): Violation | undefined {
    const durable = after.configuration.mode === 'durable';
    const sameVote = votingLog(old, durable) === votingLog(now, durable);
    if (sameVote && chronicle.history === this.chronicle.history) return undefined;
    return this.judge({ kind: 'kept', positions: keptPositions(after, this.chronicle) });
  }
}

/**
 * What a machine dropped from its logs was executed, here or elsewhere, maybe only in this step; if it was not, the machine
 * had it before. This must be learnt before anybody looks at the log: who looked would take what is gone for unknown.
 */
function learnBases({ identities, history }: Chronicle, old: Machine, now: Machine): void {
  const known = [history, old.replica?.log, old.disk.image.log, now.replica?.log];
  for (const log of [now.replica?.log, now.replica?.transfer?.log, now.disk.image.log])
    if (log !== undefined) identities.learn(log, known);
}
