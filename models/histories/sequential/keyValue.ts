import { type Json, type KeyValueOperation, keyValueService, type Tree } from '../../../impl/index.ts';
import { same, textOf } from '../events/json.ts';
import { comparison, validateForm } from './form.ts';
import type { OperationContent, SequentialModel } from './model.ts';

/** Keys are checked one by one, so this is the only key in the store. */
const key = 'key';

/** The key-value service uses no predicted values. */
const unpredicted = { time: 0, random: 0 };

/**
 * One key of the implementation's key-value service. Histories call its `get`, `set`, `compare-and-set` and `delete` read, write,
 * cas and delete.
 */
export const keyValue: SequentialModel<Tree> = {
  initial: keyValueService.initial,
  validate: (operation) => validateForm(operation, ['read', 'write', 'cas', 'delete']),
  apply: (store, operation) => {
    const { state, result } = keyValueService.apply(store, serviceOperation(operation), unpredicted);
    return operation.result === undefined || same(result, serviceResult(operation, operation.result))
      ? state
      : undefined;
  },
  nature: ({ f }) => {
    if (f === 'read') return { kind: 'read' };
    return { kind: f === 'write' ? 'overwrite' : 'other' };
  },
  nameOf: (store) => {
    const value = store.get(key);
    return value === undefined ? 'absent' : textOf(value);
  },
};

/** The operation in the service's form. */
function serviceOperation({ f, argument }: OperationContent): KeyValueOperation {
  if (f === 'write') return { type: 'set', key, value: argument };
  if (f === 'read') return { type: 'get', key };
  if (f === 'delete') return { type: 'delete', key };
  const [expected, value] = comparison(argument);
  return { type: 'compare-and-set', key, expected, value };
}

/** The service's result where the history has this one. */
function serviceResult({ f }: OperationContent, result: Json): Json {
  return f === 'cas' ? true : result;
}
