import type { Json } from '../../../impl/index.ts';
import { same, textOf } from '../events/json.ts';
import { comparison, validateForm } from './form.ts';
import type { SequentialModel } from './model.ts';

/** A register with read, write and compare-and-set. An absent key holds null. */
export const register: SequentialModel<Json> = {
  initial: null,
  validate: (operation) => validateForm(operation, ['read', 'write', 'cas']),
  apply: (state, { f, argument, result }) => {
    if (f === 'write') return argument;
    if (f === 'read') return result === undefined || same(result, state) ? state : undefined;
    const [from, to] = comparison(argument);
    return same(from, state) ? to : undefined;
  },
  nature: ({ f, argument, result }) => {
    if (f === 'write') return { kind: 'overwrite' };
    if (f === 'cas') return { kind: 'other', only: comparison(argument)[0] };
    return result === undefined ? { kind: 'read' } : { kind: 'read', only: result };
  },
  nameOf: textOf,
};
