import { describe, expect, it } from 'vitest';
import { usualBounds } from '../../models/protocol/bounds.ts';
import { exploreProtocol, type ProtocolExplored } from '../../models/protocol/exploreProtocol.ts';
import { realImplementation } from '../../models/world/implementation.ts';
import { serviceNamed } from '../../models/world/services.ts';
import { groupOf, protocol } from '../../spec/protocol/index.ts';

const service = serviceNamed(realImplementation, undefined);

/** How many states there are within each of the usual bounds. A change of the protocol changes them. */
const states = [244, 244, 3580, 3580, 32_239, 4315, 331, 227, 926, 926, 19_797];

it.each([
  [4, { requests: 1, timeouts: 1, crashes: 0 }, 1604],
  [5, { requests: 0, timeouts: 1, crashes: 0 }, 208],
])('the protocol keeps the promise in every state of a group of %i: %o', (size, bounds, states) => {
  const group = groupOf(size, 'durable');
  const explored = exploreProtocol({ group, service, clients: 1, bounds, eagerWrites: true });
  expect(explored).toMatchObject({ violation: undefined, isWhole: true, states });
});

describe('the protocol, explored by itself', () => {
  const all: ProtocolExplored[] = [];

  it.each(usualBounds.map((one, index) => ({ ...one, ...one.bounds, count: states[index] })))(
    'keeps the promise in every state: $mode, $bounds',
    ({ mode, bounds, count }) => {
      const group = groupOf(3, mode, undefined, bounds.reads !== undefined);
      const explored = exploreProtocol({ group, service, clients: 1, bounds, eagerWrites: true });
      all.push(explored);
      expect(explored.violation).toBeUndefined();
      expect(explored).toMatchObject({ isWhole: true, states: count });
    },
  );

  it('takes every action, and sends every message', () => {
    const taken = new Set(all.flatMap((explored) => [...explored.taken.keys()]));
    const { actions, permissions } = protocol;
    expect([...taken].sort()).toEqual([...Object.keys(actions), ...Object.keys(permissions)].sort());
  });

  it('refuses something by every rule', () => {
    const refused = new Set(all.flatMap((explored) => [...explored.refused.keys()]));
    const rules = [...Object.entries(protocol.actions), ...Object.entries(protocol.permissions)].flatMap(
      ([name, ruled]) => ruled.rules.map((rule) => `${name}/${rule.name}`),
    );
    // It takes two lost storages at a time, and so five replicas: a script shows it.
    expect(rules.filter((rule) => !refused.has(rule))).toEqual(['recover/no-forgotten-answer']);
  });
});
