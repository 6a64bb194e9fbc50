import { validateForm } from './form.ts';
import type { SequentialModel } from './model.ts';

/** A text with get, put and append, as the key-value stores of Porcupine's examples have. An absent key holds the empty text. */
export const strings: SequentialModel<string> = {
  initial: '',
  isUnbounded: true,
  validate: (operation) => {
    const error = validateForm(operation, ['get', 'put', 'append']);
    const { f, argument, result, invoked, returned } = operation;
    if (error !== undefined) return error;
    const isRead = f === 'get';
    const value = isRead ? (result ?? '') : argument;
    if (typeof value === 'string') return undefined;
    return { event: isRead ? returned : invoked, field: 'value', message: `must be a text for a ${f}` };
  },
  apply: (state, { f, argument, result }) => {
    if (f === 'get') return result === undefined || (result ?? '') === state ? state : undefined;
    return f === 'put' ? String(argument) : state + String(argument);
  },
  nature: ({ f, result }) => {
    if (f === 'put') return { kind: 'overwrite' };
    if (f === 'append') return { kind: 'other' };
    return typeof result === 'string' ? { kind: 'read', only: result } : { kind: 'read' };
  },
  nameOf: (state) => JSON.stringify(state),
};
