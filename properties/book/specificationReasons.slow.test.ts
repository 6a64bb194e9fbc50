import { expect, test } from 'vitest';
import { specificationReasons } from '../../models/book/specificationReasons.ts';
import type { Left } from '../../models/protocol/choices.ts';
import { exploreProtocol } from '../../models/protocol/exploreProtocol.ts';
import { protocolInvariants } from '../../models/protocol/invariants/index.ts';
import { follow } from '../../models/protocol/mutants/follow.ts';
import { refusedScripts } from '../../models/protocol/mutants/scripts.ts';
import { ruleMutantsOf } from '../../models/protocol/ruleMutants.ts';
import { realImplementation } from '../../models/world/implementation.ts';
import { serviceNamed } from '../../models/world/services.ts';
import { groupOf, type Protocol, protocol } from '../../spec/protocol/index.ts';

const service = serviceNamed(realImplementation, undefined);
const mutants = ruleMutantsOf(protocol);

test.each(Object.entries(specificationReasons))(
  'the specification without %s breaks the guarantee that the book names',
  (name, { mode, bounds, property }) => {
    const rules = mutants.find((mutant) => mutant.name === name)?.rules ?? protocol;
    const found = bounds === undefined ? byHand(name, rules) : explored(mode, bounds, rules, property);
    expect(found).toBe(property);
  },
);

/** The first guarantee that breaks, or the invariant of this name. */
function explored(
  mode: 'durable' | 'diskless',
  bounds: Left,
  rules: Protocol,
  property: string,
): string | undefined {
  const clients = Math.max(bounds.requests, bounds.reads ?? 0);
  const invariants = protocolInvariants.filter((invariant) => invariant.name === property);
  const group = groupOf(3, mode, undefined, bounds.reads !== undefined);
  return exploreProtocol({ group, service, clients, bounds, rules, most: 12_000, invariants }).violation
    ?.property;
}

/** The guarantee that the run breaks which is written for this rule. */
function byHand(name: string, rules: Protocol): string | undefined {
  const script = refusedScripts.find(({ refusedBy }) => refusedBy === name);
  return script && follow(rules, service, script, { invariants: [] }).property;
}
