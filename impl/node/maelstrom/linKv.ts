import { z } from 'zod';
import type { Service } from '../../service/service.ts';
import type { Json } from '../../tree/json.ts';
import { Tree } from '../../tree/tree.ts';

const json = z.custom<Json>((value) => value !== undefined, 'is missing');

/** Operations on single registers, as in Maelstrom's lin-kv workload. */
export const operationSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('read'), key: json }),
  z.object({ type: z.literal('write'), key: json, value: json }),
  z.object({
    type: z.literal('cas'),
    key: json,
    from: json,
    to: json,
    create_if_not_exists: z.boolean().default(false),
  }),
]);

/** The Maelstrom error codes that a node uses. All but `crash` mean that the operation certainly did not happen. */
export const errorCodes = {
  notSupported: 10,
  unavailable: 11,
  malformed: 12,
  crash: 13,
  abort: 14,
  noSuchKey: 20,
  preconditionFailed: 22,
} as const;

const nameOf = (key: Json): string => JSON.stringify(key);
const failed = (code: number, text: string): Json => ({ type: 'error', code, text });

/** Linearizable registers. Results are the bodies of Maelstrom's answers. */
export const linKvService: Service<Tree> = {
  initial: Tree.empty<Json>(),
  validate: (operation) => {
    const parsed = operationSchema.safeParse(operation);
    return parsed.success ? undefined : 'an operation must be a read, write or cas, with its key and values';
  },
  apply: (state, operation) => {
    const request = operationSchema.parse(operation);
    const name = nameOf(request.key);
    const present = state.get(name);
    switch (request.type) {
      case 'write':
        return { state: state.set(name, request.value), result: { type: 'write_ok' } };
      case 'read':
        if (present === undefined)
          return { state, result: failed(errorCodes.noSuchKey, 'there is no such key') };
        return { state, result: { type: 'read_ok', value: present } };
      case 'cas': {
        const isNew = present === undefined;
        if (isNew && !request.create_if_not_exists)
          return { state, result: failed(errorCodes.noSuchKey, 'there is no such key') };
        if (!isNew && nameOf(present) !== nameOf(request.from))
          return { state, result: failed(errorCodes.preconditionFailed, `it is ${nameOf(present)}`) };
        return { state: state.set(name, request.to), result: { type: 'cas_ok' } };
      }
    }
  },
  snapshot: (state) => state,
  restore: (parts) => parts,
};
