import { describe, expect, it, test } from 'vitest';
import { argued } from '../../models/protocol/arguedRules.ts';
import { exploreProtocol } from '../../models/protocol/exploreProtocol.ts';
import { ruleMutantsOf } from '../../models/protocol/ruleMutants.ts';
import { realImplementation } from '../../models/world/implementation.ts';
import { serviceNamed } from '../../models/world/services.ts';
import { groupOf, protocol } from '../../spec/protocol/index.ts';

const service = serviceNamed(realImplementation, undefined);

/** Small explorations, in the order in which they are tried. */
const tried = (
  [
    ['durable', 1, 1, 0],
    ['diskless', 1, 0, 1],
    ['durable', 2, 1, 0],
    ['diskless', 1, 1, 1],
    ['diskless', 1, 0, 2],
    ['durable', 1, 1, 1],
  ] as const
).map(([mode, requests, timeouts, crashes]) => ({ mode, bounds: { requests, timeouts, crashes } }));

/** The most states of each. */
const most = 12_000;

const mutants = ruleMutantsOf(protocol);

describe('the protocol without one rule', () => {
  test.each(mutants.filter(({ name }) => !argued.has(name)))('breaks a property: $name', ({ rules }) => {
    for (const { mode, bounds } of tried) {
      const { violation } = exploreProtocol({
        group: groupOf(3, mode),
        service,
        clients: bounds.requests,
        bounds,
        rules,
        most,
      });
      if (violation !== undefined) return;
    }
    expect.fail('No property breaks.');
  });

  it('is found for nine rules of ten, and the others are argued', () => {
    for (const name of argued.keys()) expect(mutants.map((mutant) => mutant.name)).toContain(name);
    expect((mutants.length - argued.size) / mutants.length).toBeGreaterThanOrEqual(0.9);
  });
});
