import fc from 'fast-check';
import type { Invariant, ReplicaStep } from '../../../models/checking/invariants/invariant.ts';
import { Model } from '../../../models/checking/model.ts';
import type { Properties } from '../../../models/checking/properties.ts';
import { followsProtocol } from '../../../models/checking/refinement/follows-protocol.ts';
import { ScheduleArbitrary } from '../../../models/hunt/schedules.ts';
import { scopeOf } from '../../../models/hunt/scope.ts';
import { mutantNamed } from '../../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../../models/mutants/load.ts';
import { keptTrace } from '../../../models/mutation/traces/keptTraces.ts';
import { runCommands } from '../../../models/runs/runCommands.ts';
import { eventOf } from '../../../models/world/event.ts';
import { type Implementation, realImplementation } from '../../../models/world/implementation.ts';
import { perform } from '../../../models/world/perform.ts';
import { createWorld } from '../../../models/world/world.ts';
import { type FalsificationName, falsifications } from './falsified.ts';

type Mapping = Omit<Invariant, 'evidence'>;

/** Runs the implementation by the same schedules every time, with these properties. Returns what is broken first. */
function brokenInHonestRuns(runs: number, invariants: readonly Mapping[]): string | undefined {
  const system = { implementation: realImplementation, properties: only(...invariants) };
  const schedules = fc.sample(new ScheduleArbitrary(scopeOf({})), {
    numRuns: runs,
    seed: 1,
  });
  for (const { setup, commands } of schedules) {
    const { violation } = runCommands(system, setup, commands, {});
    if (violation !== undefined) return violation.seen;
  }
  return undefined;
}

/** The first false alarm of the mapping in so many honest runs. */
export function falseAlarm(mapping: Mapping, runs: number): string | undefined {
  return brokenInHonestRuns(runs, [mapping]);
}

/** Of these mappings, by name, those that accept a falsified step that the real one rejects, and accept the step as it was. */
export function accepting(
  mappings: ReadonlyMap<string, { readonly mapping: Mapping; readonly what: FalsificationName }>,
  runs: number,
): ReadonlySet<string> {
  const found = new Set<string>();
  const watching: Mapping = {
    ...followsProtocol,
    check(step) {
      for (const [name, { mapping, what }] of mappings) {
        const isHonest = mapping.check(step) === undefined;
        const falsified = found.has(name) ? undefined : falsifications[what](step);
        if (falsified !== undefined && isHonest && isRejected(falsified))
          if (mapping.check(falsified) === undefined) found.add(name);
      }
      return followsProtocol.check(step);
    },
  };
  const seen = brokenInHonestRuns(runs, [watching]);
  if (seen !== undefined) throw new Error(`The mapping itself gives a false alarm: ${seen}`);
  return found;
}

function isRejected(step: ReplicaStep): boolean {
  return followsProtocol.check(step) !== undefined;
}

/** The number of the event of the kept trace of this mutant at which each mapping is broken, or Infinity. */
export async function brokenAt(mutant: string, ...mappings: readonly Mapping[]): Promise<readonly number[]> {
  const implementation = await loadImplementation(mutantNamed(mutant));
  return mappings.map((mapping) => eventOfViolation(implementation, mutant, mapping));
}

function eventOfViolation(implementation: Implementation, mutant: string, mapping: Mapping): number {
  const trace = keptTrace(mutant);
  if (trace === undefined) throw new Error(`There is no trace of ${mutant}.`);
  let world = createWorld(implementation, trace.setup);
  const model = new Model(world, only(mapping));
  for (const [index, record] of trace.events.entries()) {
    const event = eventOf(world.packets, record);
    if (event === undefined) throw new Error(`The trace of ${mutant} is no longer reproduced.`);
    const after = perform(world, event);
    if (model.follow(world, after) !== undefined) return index + 1;
    world = after;
  }
  return Number.POSITIVE_INFINITY;
}

function only(...invariants: readonly Mapping[]): Properties {
  return { guarantees: [], invariants, settled: [] };
}
