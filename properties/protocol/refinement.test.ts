import { expect, it } from 'vitest';
import type { Invariant } from '../../models/checking/invariants/invariant.ts';
import { followsProtocol } from '../../models/checking/refinement/follows-protocol.ts';
import { mismatchOf } from '../../models/checking/refinement/mismatch.ts';
import { Hunt } from '../../models/hunt/hunt.ts';
import { scopeOf } from '../../models/hunt/scope.ts';
import { realImplementation } from '../../models/world/implementation.ts';
import { protocol } from '../../spec/protocol/index.ts';
import { seed } from '../seed.ts';

/** What a replica does not do by itself. */
const ofClients = new Set(['submit', 'take-answer', 'ask-read']);
/** What the implementation does not do yet. */
const notYet = new Set(['note-read', 'begin-round', 'CONFIRM', 'COMMITOK', 'READREPLY']);

it('a hunt takes every action of the protocol, and sends every message', () => {
  const taken = new Map<string, number>();
  const counting: Omit<Invariant, 'evidence'> = {
    ...followsProtocol,
    check(step) {
      mismatchOf(step, (one) => {
        const name = one.action === 'send' ? one.message.type : one.action;
        taken.set(name, (taken.get(name) ?? 0) + 1);
      });
      return followsProtocol.check(step);
    },
  };
  const properties = { guarantees: [], invariants: [counting], settled: [] };
  // These presuppose what follows-protocol does not compare.
  const scope = scopeOf({});
  const setups = scope.setups.filter((setup) => followsProtocol.concerns?.(setup) ?? true);
  const hunt = new Hunt(
    { implementation: realImplementation, properties },
    { ...scope, setups, varied: false },
    seed,
  );
  expect(hunt.batch(150)).toBeUndefined();
  const { actions, permissions } = protocol;
  const names = [...Object.keys(actions), ...Object.keys(permissions)].filter(
    (name) => !ofClients.has(name) && !notYet.has(name),
  );
  expect(names.filter((name) => (taken.get(name) ?? 0) < 20)).toEqual([]);
});
