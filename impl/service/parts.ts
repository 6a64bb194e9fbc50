import type { Json } from '../tree/json.ts';
import { Tree } from '../tree/tree.ts';
import type { Service } from './service.ts';

/** Characters in each part of a text, except the last. */
const lengthOfPart = 16 * 1024;

/** The state in named parts: from the service's `snapshot`, or its JSON text in pieces. */
export function partsOf(service: Service, state: unknown): Tree {
  if (service.snapshot !== undefined) return service.snapshot(state);
  const text = JSON.stringify(state);
  const parts: [name: string, text: string][] = [];
  for (let from = 0; from < text.length; ) {
    const to = from + lengthOfPart;
    // Halves of surrogate pairs are lost where text is written as UTF-8.
    const isHalf = /[\ud800-\udbff]/.test(text.charAt(to - 1)) && to < text.length;
    const end = isHalf ? to - 1 : to;
    parts.push([String(parts.length), text.slice(from, end)]);
    from = end;
  }
  return Tree.empty<Json>().with(parts);
}

/** The state that consists of these parts. Throws an Error if no state does. */
export function stateOf(service: Service, parts: Tree): unknown {
  if (service.restore !== undefined) return service.restore(parts);
  return JSON.parse(Array.from({ length: parts.size }, (_, index) => parts.get(String(index))).join(''));
}
