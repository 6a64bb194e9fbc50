import type { Observation } from '../../spec/promise/index.ts';
import type { Machine, World } from '../world/world.ts';
import { observations, settledObservation, survivingPositions, votingLog } from './abstraction.ts';
import {
  type GhostState,
  initialGhostState,
  withEntries,
  withObservation,
  withSent,
} from './ghost/ghostState.ts';
import type { ReplicaStep } from './invariants/invariant.ts';
import { allProperties, type Properties, type Violation } from './properties.ts';

/**
 * The abstract model beside a running world: it takes in every event, and judges it by every property that is armed.
 * The ghost state inside is immutable, so a model can be copied by keeping its ghost state.
 */
export class Model {
  ghostState: GhostState;
  private readonly properties: Properties;

  constructor(
    world: World,
    properties: Properties = allProperties,
    ghostState: GhostState = initialGhostState(world),
  ) {
    this.properties = properties;
    this.ghostState = ghostState;
  }

  /** Takes in the event that led from one world to the next. Yields the first property that it breaks. */
  follow(before: World, after: World): Violation | undefined {
    const number = after.last?.replica;
    const old = number === undefined ? undefined : before.machines[number];
    const now = number === undefined ? undefined : after.machines[number];
    const { ghostState } = this;
    if (number === undefined || old === undefined || now === undefined)
      return this.observeAll(observations(before, after, ghostState));
    this.ghostState = withEntries(ghostState, after, number);
    learnBases(this.ghostState, old, now);
    const broken = this.observeAll(observations(before, after, this.ghostState));
    const step: ReplicaStep = { before, after, ghostState, executed: this.ghostState, number, old, now };
    const violation = broken ?? this.judgeStep(step);
    this.ghostState = withSent(this.ghostState, after, number);
    return violation ?? this.judgeKept(step);
  }

  /** Takes in what was seen, in order, up to the first observation that breaks a guarantee. */
  observeAll(seen: readonly Observation[]): Violation | undefined {
    for (const observation of seen) {
      const violation = this.judge(observation);
      this.ghostState = withObservation(this.ghostState, observation);
      if (violation !== undefined) return violation;
    }
    return undefined;
  }

  /** Judges the group when faults have stopped for long enough. */
  judgeSettled(world: World): Violation | undefined {
    for (const property of this.properties.settled) {
      const seen = property.check(world);
      if (seen !== undefined) return { property: property.name, level: property.level, seen };
    }
    return this.observeAll([settledObservation(world, this.ghostState)]);
  }

  private judge(observation: Observation): Violation | undefined {
    for (const property of this.properties.guarantees) {
      const seen = property.check(this.ghostState.promised, observation);
      if (seen !== undefined) return { property: property.name, level: 'guarantee', seen };
    }
    return undefined;
  }

  private judgeStep(step: ReplicaStep): Violation | undefined {
    for (const property of this.properties.invariants) {
      const seen = property.check(step);
      if (seen !== undefined)
        return { property: property.name, level: property.level, seen: `r${step.number}: ${seen}` };
    }
    return undefined;
  }

  /** What would survive can change only with the history, or with what this replica would bring into a view change. */
  private judgeKept({ after, ghostState, old, now }: ReplicaStep): Violation | undefined {
    const durable = after.configuration.mode === 'durable';
    const sameVote = votingLog(old, durable) === votingLog(now, durable);
    if (sameVote && ghostState.history === this.ghostState.history) return undefined;
    return this.judge({ kind: 'kept', positions: survivingPositions(after, this.ghostState) });
  }
}

/**
 * What a machine dropped from its logs was executed, here or elsewhere, maybe only in this step; if it was not, the machine
 * had it before. This must be learnt before anybody looks at the log: who looked would take what is gone for unknown.
 */
function learnBases({ identities, history }: GhostState, old: Machine, now: Machine): void {
  const known = [history, old.replica?.log, old.disk.image.log, now.replica?.log];
  for (const log of [now.replica?.log, now.replica?.transfer?.log, now.disk.image.log])
    if (log !== undefined) identities.learn(log, known);
}
