import { expect, it } from 'vitest';
import { usualBounds } from '../../models/protocol/bounds.ts';
import { exploreProtocol } from '../../models/protocol/exploreProtocol.ts';
import { realImplementation } from '../../models/world/implementation.ts';
import { serviceNamed } from '../../models/world/services.ts';
import { groupOf } from '../../spec/protocol/index.ts';

const service = serviceNamed(realImplementation, undefined);

it.each(usualBounds.slice(0, 2))(
  'the protocol keeps the promise in every state of a $mode group with one request and one timeout',
  ({ mode, bounds }) => {
    const explored = exploreProtocol({ group: groupOf(3, mode), service, clients: 1, bounds });
    expect(explored).toMatchObject({ violation: undefined, isWhole: true, states: 244 });
  },
);
