import type { Chance } from './chance.ts';

/** How a partition looks: the names that Jepsen gives to them, more or less. */
export type Shape = 'halves' | 'isolated' | 'bridge' | 'ring';

/**
 * Groups of nodes that hear each other. They may overlap: two nodes are connected if any group has both, and so
 * a node may hear two that do not hear each other.
 */
export type Groups = readonly (readonly number[])[];

/** Whether these two nodes hear each other. A node always hears itself. */
export function areConnected(groups: Groups, one: number, other: number): boolean {
  return one === other || groups.some((group) => group.includes(one) && group.includes(other));
}

/** The shapes that cut at least one link among so many nodes. None does if there is only one node. */
export function shapesFor(nodes: number): readonly Shape[] {
  if (nodes < 2) return [];
  if (nodes === 2) return ['isolated'];
  return nodes === 3 ? ['isolated', 'bridge'] : ['halves', 'isolated', 'bridge', 'ring'];
}

/** Draws who is where in a partition of this shape. */
export function groupsOf(shape: Shape, nodes: number, chance: Chance): Groups {
  const order = chance.shuffled(Array.from({ length: nodes }, (_, node) => node));
  const half = Math.floor(nodes / 2);
  switch (shape) {
    case 'halves':
      return [order.slice(0, half), order.slice(half)];
    case 'isolated':
      return [order.slice(0, 1), order.slice(1)];
    case 'bridge':
      return [order.slice(0, half + 1), order.slice(half)];
    case 'ring': {
      // Each node hears just so many neighbours on both sides that it sees a majority, and no two see the same one.
      const width = Math.ceil((half + 2) / 2);
      return order.map((_, start) => [...order, ...order].slice(start, start + width));
    }
  }
}
