import type { Json } from '../tree/json.ts';
import { Tree } from '../tree/tree.ts';
import type { Service } from './service.ts';

/** Characters in each part of a text, except the last. */
const lengthOfPart = 16 * 1024;

/** The state in named parts: from the service's `snapshot`, or its JSON text in pieces. */
export function partsOf(service: Service, state: unknown): Tree {
  if (service.snapshot !== undefined) return service.snapshot(state);
  const text = JSON.stringify(state);
  const parts = Array.from({ length: Math.ceil(text.length / lengthOfPart) }, (_, index) => {
    return [String(index), text.slice(index * lengthOfPart, (index + 1) * lengthOfPart)] as const;
  });
  return Tree.empty<Json>().with(parts);
}

/** The state that consists of these parts. Throws an Error if no state does. */
export function stateOf(service: Service, parts: Tree): unknown {
  if (service.restore !== undefined) return service.restore(parts);
  return JSON.parse(Array.from({ length: parts.size }, (_, index) => parts.get(String(index))).join(''));
}
