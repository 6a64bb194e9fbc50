import type { Json } from '../../../impl/index.ts';
import { isList, same, textOf } from '../events/json.ts';
import type { HistoryError, HistoryOperation } from '../events/operations.ts';

/** The value that a cas expects, and the value that it sets. */
export function comparison(argument: Json): readonly [Json, Json] {
  const [from = null, to = null] = isList(argument) ? argument : [];
  return [from, to];
}

/**
 * Why the operation has none of these names, or not the form of its name; undefined if it is well formed. A `delete` invokes
 * with null, and returns whether the key existed.
 */
export function validateForm(
  { f, argument, result, invoked, returned }: HistoryOperation,
  names: readonly string[],
): HistoryError | undefined {
  const must = (event: number, what: string): HistoryError => ({
    event,
    field: 'value',
    message: `must be ${what}`,
  });
  if (!names.includes(f)) {
    return {
      event: invoked,
      field: 'f',
      message: `must be one of ${names.join(', ')}, and is ${JSON.stringify(f)}`,
    };
  }
  if (f === 'cas' && !(isList(argument) && argument.length === 2))
    return must(invoked, '[key, [from, to]] for a cas');
  const isRead = f === 'read' || f === 'get';
  if ((isRead || f === 'delete') && argument !== null) return must(invoked, `[key, null] to invoke a ${f}`);
  if (result === undefined || isRead) return undefined;
  if (f === 'delete')
    return typeof result === 'boolean' ? undefined : must(returned, '[key, true] or [key, false]');
  return same(result, argument)
    ? undefined
    : must(returned, `${textOf(argument)} for this key, as was invoked`);
}
