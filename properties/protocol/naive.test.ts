import { describe, expect, it } from 'vitest';
import { exploreProtocol } from '../../models/protocol/exploreProtocol.ts';
import { exploreNaively } from '../../models/protocol/naive/exploreNaively.ts';
import { ruleMutantsOf } from '../../models/protocol/ruleMutants.ts';
import { realImplementation } from '../../models/world/implementation.ts';
import { serviceNamed } from '../../models/world/services.ts';
import { groupOf, protocol } from '../../spec/protocol/index.ts';

const service = serviceNamed(realImplementation, undefined);

describe('a naive exploration of the protocol', () => {
  it.each([
    { mode: 'durable', bounds: { requests: 1, timeouts: 0, crashes: 0 }, states: 6 },
    { mode: 'diskless', bounds: { requests: 1, timeouts: 0, crashes: 1 }, states: 64 },
    { mode: 'durable', bounds: { requests: 0, timeouts: 0, crashes: 0, losses: 1 }, states: 21 },
  ] as const)('finds as many states as the fast one: $mode, $bounds', ({ mode, bounds, states }) => {
    const group = groupOf(3, mode);
    expect(exploreProtocol({ group, service, clients: 1, bounds }).states).toBe(states);
    expect(exploreNaively(group, bounds)).toHaveLength(states);
  });

  it.each([
    { mode: 'durable', name: 'order/primary-orders', crashes: 0, states: 9 },
    { mode: 'diskless', name: 'accept/same-view', crashes: 1, states: 94 },
  ] as const)(
    'finds as many others as the fast one without the rule $name',
    ({ mode, name, crashes, states }) => {
      const { rules = protocol } = ruleMutantsOf(protocol).find((mutant) => mutant.name === name) ?? {};
      const group = groupOf(3, mode);
      const bounds = { requests: 1, timeouts: 0, crashes };
      const fast = exploreProtocol({ group, service, clients: 1, bounds, rules, invariants: [] });
      expect(fast).toMatchObject({ states, isWhole: true });
      expect(exploreNaively(group, bounds, undefined, rules)).toHaveLength(states);
    },
  );
});
