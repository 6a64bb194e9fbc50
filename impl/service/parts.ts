import type { Json } from '../tree/json.ts';
import { Tree } from '../tree/tree.ts';
import { kindOf } from './applied.ts';
import { foreignTree, isForeignTree, unkept } from './kept.ts';
import type { Service } from './service.ts';

/** Characters in each part of a text, except the last. */
const lengthOfPart = 16 * 1024;

/**
 * The state in named parts: from the service's `snapshot`, or the state itself if it is a Tree, or its JSON text in pieces.
 * Throws an Error if the state cannot be given in parts.
 */
export function partsOf(service: Service, state: unknown): Tree {
  const given: unknown = service.snapshot === undefined ? state : service.snapshot(state);
  if (given instanceof Tree) return given;
  if (service.snapshot !== undefined)
    throw new TypeError(
      `snapshot returned ${isForeignTree(given) ? foreignTree : `${kindOf(given)}: return a Tree of the parts`}`,
    );
  const problem = unkept(state, 'state');
  if (problem !== undefined) throw new TypeError(problem);
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
  if (service.initial instanceof Tree) return parts;
  return JSON.parse(Array.from({ length: parts.size }, (_, index) => parts.get(String(index))).join(''));
}
