import type { Observation } from '../../spec/promise/index.ts';
import type { Machine, World } from '../world/world.ts';
import {
  connectedObservation,
  observations,
  settledObservation,
  survivingPositions,
  votingLog,
} from './abstraction.ts';
import { withClockChange } from './ghost/clockHistory.ts';
import {
  copyOf,
  type GhostState,
  initialGhostState,
  withDivergence,
  withEntries,
  withForgotten,
  withHeld,
  withObservation,
  withSent,
} from './ghost/ghostState.ts';
import type { AtRest, ClientStep, ReplicaStep } from './invariants/invariant.ts';
import { divergedIsAlarmed } from './invariants/state/diverged-is-alarmed.ts';
import {
  type Applicable,
  allProperties,
  applicable,
  holdWhenHalted,
  type Properties,
  type Violation,
} from './properties.ts';
import { bitsOfStep } from './stepFilter.ts';

/**
 * The abstract model that accompanies a world: it follows every event, and checks the given properties. Its
 * ghost state is immutable, so keeping the ghost state copies the model.
 */
export class Model {
  ghostState: GhostState;
  private readonly properties: Applicable;

  constructor(
    world: World,
    properties: Properties = allProperties,
    ghostState: GhostState = initialGhostState(world),
  ) {
    this.properties = applicable(world.setup, properties);
    this.ghostState = ghostState;
  }

  /** Follows the event that led from one world to the next. Returns the first violation, if there is one. */
  follow(before: World, after: World): Violation | undefined {
    const number = after.last?.replica;
    const old = number === undefined ? undefined : before.machines[number];
    const now = number === undefined ? undefined : after.machines[number];
    const { ghostState } = this;
    if (number === undefined || old === undefined || now === undefined) {
      const clocks = withClockChange(ghostState.clocks, before, after);
      if (clocks !== ghostState.clocks) {
        const next = copyOf(ghostState);
        next.clocks = clocks;
        this.ghostState = next;
      }
      return this.observeAll(observations(before, after, ghostState)) ?? this.checkClientStep(after);
    }
    this.ghostState = withDivergence(withEntries(ghostState, after, number), after, number);
    learnBases(this.ghostState, old, now);
    const broken = this.observeAll(observations(before, after, this.ghostState));
    const step: ReplicaStep = { before, after, ghostState, executed: this.ghostState, number, old, now };
    const violation = broken ?? this.checkStep(step);
    this.ghostState = withHeld(withSent(this.ghostState, after, number), after, number);
    const { event } = after.last ?? {};
    if (event?.type === 'crash' && event.lost) this.ghostState = withForgotten(this.ghostState, number);
    return violation ?? this.checkSurvival(step);
  }

  /** Follows observations in order, up to the first that breaks a guarantee. */
  observeAll(seen: readonly Observation[]): Violation | undefined {
    for (const observation of seen) {
      const violation = this.checkObservation(observation);
      this.ghostState = withObservation(this.ghostState, observation);
      if (violation !== undefined) return violation;
    }
    return undefined;
  }

  /** Checks the group once faults have stopped for long enough. */
  checkSettled(world: World, atRest: AtRest = {}): Violation | undefined {
    const asked = { ...atRest, ghostState: this.ghostState };
    for (const property of this.properties.settled) {
      const seen = property.check(world, asked);
      if (seen !== undefined) return { property: property.name, level: property.level, seen };
    }
    return this.observeAll([settledObservation(world, this.ghostState)]);
  }

  /** Checks only what must hold of a group that may have lost more than it tolerates. */
  checkStalled(world: World): Violation | undefined {
    const { name, level, check } = divergedIsAlarmed;
    if (!this.properties.settled.some((property) => property.name === name)) return undefined;
    const seen = check(world, { ghostState: this.ghostState });
    return seen === undefined ? undefined : { property: name, level, seen };
  }

  /** Checks a group in which one replica has long exchanged messages with a quorum. */
  checkConnected(world: World): Violation | undefined {
    return this.observeAll([connectedObservation(world)]);
  }

  private checkObservation(observation: Observation): Violation | undefined {
    for (const property of this.properties.guarantees) {
      const seen = property.check(this.ghostState.promised, observation);
      if (seen !== undefined) return { property: property.name, level: 'guarantee', seen };
    }
    return undefined;
  }

  private checkStep(step: ReplicaStep): Violation | undefined {
    const { old, now, after } = step;
    const isStopped = now.replica?.halted !== undefined;
    for (const property of this.properties.invariants.at(bitsOfStep(after.last?.kinds ?? 0, old, now))) {
      if (isStopped && !holdWhenHalted.has(property.name)) continue;
      const seen = property.check(step);
      if (seen !== undefined)
        return { property: property.name, level: property.level, seen: `r${step.number}: ${seen}` };
    }
    return undefined;
  }

  private checkClientStep(after: World): Violation | undefined {
    const number = after.last?.client;
    const now = number === undefined ? undefined : after.clients[number];
    if (number === undefined || now === undefined) return undefined;
    const step: ClientStep = { after, number, now };
    for (const property of this.properties.ofClients) {
      const seen = property.checkClient?.(step);
      if (seen !== undefined)
        return { property: property.name, level: property.level, seen: `c${number}: ${seen}` };
    }
    return undefined;
  }

  /**
   * The surviving positions can change only with the history, or with the log with which this replica would
   * vote.
   */
  private checkSurvival({ after, ghostState, old, now }: ReplicaStep): Violation | undefined {
    const durable = after.configuration.mode === 'durable';
    const sameVote = votingLog(old, durable) === votingLog(now, durable);
    if (sameVote && ghostState.history === this.ghostState.history) return undefined;
    if (isBeyondTolerance(after)) return undefined;
    return this.checkObservation({ kind: 'kept', positions: survivingPositions(after, this.ghostState) });
  }
}

/** Whether more replicas cannot vote than the group tolerates. Only where some have stopped for good can that be. */
function isBeyondTolerance({ machines, configuration, setup }: World): boolean {
  if (setup.impure === undefined) return false;
  const durable = configuration.mode === 'durable';
  const lost = machines.filter((machine) => votingLog(machine, durable) === undefined).length;
  return lost > configuration.tolerated;
}

/**
 * Learns the entries that a machine dropped from its logs: they are in the history, perhaps only since this
 * step, or in a log that the machine had before. It must come before any comparison, which would take dropped
 * entries for unknown.
 */
function learnBases({ identities, history }: GhostState, old: Machine, now: Machine): void {
  const { replica, disk } = now;
  const dropped = (replica?.log.base ?? 0) + (replica?.transfer?.log.base ?? 0) + disk.image.log.base;
  if (dropped === 0) return;
  const known = [history, old.replica?.log, old.disk.image.log, replica?.log];
  for (const log of [replica?.log, replica?.transfer?.log, disk.image.log])
    if (log !== undefined) identities.learn(log, known);
}
