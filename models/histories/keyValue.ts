import { type Json, type KeyValueOperation, keyValueService, type Tree } from '../../impl/index.ts';
import { type Asked, comparison, formRefusal, type Model } from './model.ts';
import { same, textOf } from './text.ts';

/** Keys are judged one by one, so that this is the only one in the store. */
const key = 'key';

/** No operation of the key-value service asks for what was predicted. */
const unpredicted = { time: 0, random: 0 };

/** One key of the implementation's key-value service, whose `get`, `set`, `compare-and-set` and `delete` histories call
 * read, write, cas and delete. */
export const keyValue: Model<Tree> = {
  initial: keyValueService.initial,
  refusal: (operation) => formRefusal(operation, ['read', 'write', 'cas', 'delete']),
  apply: (store, asked) => {
    const { state, result } = keyValueService.apply(store, inService(asked), unpredicted);
    return asked.result === undefined || same(result, answerIn(asked, asked.result)) ? state : undefined;
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

/** The operation as the service knows it. */
function inService({ f, argument }: Asked): KeyValueOperation {
  if (f === 'write') return { type: 'set', key, value: argument };
  if (f === 'read') return { type: 'get', key };
  if (f === 'delete') return { type: 'delete', key };
  const [expected, value] = comparison(argument);
  return { type: 'compare-and-set', key, expected, value };
}

/** What the service must have answered if the history has this result. */
function answerIn({ f }: Asked, result: Json): Json {
  return f === 'cas' ? true : result;
}
