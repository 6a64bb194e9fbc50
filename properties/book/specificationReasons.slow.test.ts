import { expect, test } from 'vitest';
import { specificationReasons } from '../../models/book/specificationReasons.ts';
import { groupOf } from '../../models/protocol/bounds.ts';
import { exploreProtocol } from '../../models/protocol/exploreProtocol.ts';
import { ruleMutantsOf } from '../../models/protocol/ruleMutants.ts';
import { realImplementation } from '../../models/world/implementation.ts';
import { serviceNamed } from '../../models/world/services.ts';
import { protocol } from '../../spec/protocol/index.ts';

const service = serviceNamed(realImplementation, undefined);
const mutants = ruleMutantsOf(protocol);

test.each(Object.entries(specificationReasons))(
  'the specification without %s breaks the property that the book names',
  (name, { mode, bounds, property }) => {
    const { violation } = exploreProtocol({
      group: groupOf(3, mode),
      service,
      clients: bounds.requests,
      bounds,
      rules: mutants.find((mutant) => mutant.name === name)?.rules ?? protocol,
      most: 12_000,
    });
    expect(violation?.property).toBe(property);
  },
);
