import type { Chance } from '../chance.ts';

/** The shape of a partition, in Jepsen's terms where Jepsen has one. */
export type PartitionShape = 'halves' | 'isolated' | 'bridge' | 'ring';

/**
 * Groups of nodes that hear each other. Two nodes are connected if any group contains both. Groups may overlap, so a node may
 * hear two nodes that do not hear each other.
 */
export type Groups = readonly (readonly number[])[];

/** Whether these two nodes hear each other. A node always hears itself. */
export function areConnected(groups: Groups, one: number, other: number): boolean {
  return one === other || groups.some((group) => group.includes(one) && group.includes(other));
}

/** The shapes that cut at least one link among this many nodes: none for a single node. */
export function shapesFor(nodes: number): readonly PartitionShape[] {
  if (nodes < 2) return [];
  if (nodes === 2) return ['isolated'];
  return nodes === 3 ? ['isolated', 'bridge'] : ['halves', 'isolated', 'bridge', 'ring'];
}

/** Draws the groups of a partition of this shape. */
export function groupsOf(shape: PartitionShape, nodes: number, chance: Chance): Groups {
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
      // Each node hears just enough neighbours on both sides to see a majority, and no two nodes see the same one.
      const width = Math.ceil((half + 2) / 2);
      return order.map((_, start) => [...order, ...order].slice(start, start + width));
    }
  }
}
