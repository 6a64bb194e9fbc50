import { Chance } from './chance.ts';
import { type Groups, groupsOf, type Shape, shapesFor } from './partitions.ts';

/** The kinds of faults that every stage has. */
export const faultKinds = ['partition', 'kill', 'pause'] as const;
/** Those for which nodes must keep their data on a disk that can be reached. */
export const diskFaultKinds = ['full', 'tear', 'flip'] as const;
export type FaultKind = (typeof faultKinds)[number] | (typeof diskFaultKinds)[number];

/** How many nodes are killed or paused at once. A minority is less than half of them, and a majority more. */
export const targets = ['one', 'minority', 'majority', 'all'] as const;
export type Target = (typeof targets)[number];

/** What is wrong, with whom, and when. Nodes are numbered from 0, and times are milliseconds since the plan began. */
export type Fault = NodeFault | PartitionFault;

interface Span {
  readonly from: number;
  readonly until: number;
}

/** Something is wrong with some nodes. With disks, `at` says from 0 to 1 where the harm is done. */
export type NodeFault = Span & { readonly nodes: readonly number[] } & (
    | { readonly kind: 'kill' | 'pause' }
    | { readonly kind: (typeof diskFaultKinds)[number]; readonly at: number }
  );

interface PartitionFault extends Span {
  readonly kind: 'partition';
  readonly shape: Shape;
  readonly groups: Groups;
}

/** What a plan is made of. Times are in milliseconds. */
export interface Trouble {
  readonly seed: number;
  readonly kinds: readonly FaultKind[];
  readonly targets: readonly [Target, ...Target[]];
  readonly nodes: number;
  /** How long a fault lasts, and how long it takes until the next of its kind begins, on average. */
  readonly interval: number;
  /** When all faults have ended. */
  readonly duration: number;
}

/**
 * Draws which faults there are, in the order of their beginnings. Each kind comes and goes by itself, so that faults of
 * different kinds may meet; but nothing else is wrong with a node that is killed, paused or has trouble with its disk.
 */
export function planFaults(trouble: Trouble): readonly Fault[] {
  const spans = trouble.kinds.flatMap((kind) => spansOf(kind, trouble));
  const faults: Fault[] = [];
  for (const span of spans.toSorted((one, other) => one.from - other.from))
    faults.push(...faultOf(span, trouble, faults));
  return faults;
}

interface Due extends Span {
  readonly kind: FaultKind;
  readonly chance: Chance;
}

function spansOf(kind: FaultKind, { seed, interval, duration }: Trouble): readonly Due[] {
  const chance = new Chance(seed, `faults: ${kind}`);
  const gap = (): number => Math.round(interval * (0.1 + 1.8 * chance.fraction()));
  const spans: Due[] = [];
  for (let from = gap(); from < duration; ) {
    const until = Math.min(from + gap(), duration);
    spans.push({ kind, from, until, chance });
    from = until + gap();
  }
  return spans;
}

/** Nothing is left of a fault for which there is no node. */
function faultOf(
  { kind, from, until, chance }: Due,
  trouble: Trouble,
  before: readonly Fault[],
): readonly Fault[] {
  if (kind === 'partition') {
    const [first, ...others] = shapesFor(trouble.nodes);
    if (first === undefined) return [];
    const shape = chance.pick([first, ...others]);
    return [{ kind, from, until, shape, groups: groupsOf(shape, trouble.nodes, chance) }];
  }
  const taken = before.flatMap((fault) =>
    fault.kind !== 'partition' && fault.until >= from ? fault.nodes : [],
  );
  const free = Array.from({ length: trouble.nodes }, (_, node) => node).filter(
    (node) => !taken.includes(node),
  );
  // What one disk has lost the others must have, so no two are harmed at once.
  const size = kind === 'flip' ? 1 : sizeOf(chance.pick(trouble.targets), trouble.nodes, chance);
  const nodes = chance
    .shuffled(free)
    .slice(0, size)
    .toSorted((one, other) => one - other);
  if (nodes.length === 0) return [];
  return kind === 'kill' || kind === 'pause'
    ? [{ kind, from, until, nodes }]
    : [{ kind, from, until, nodes, at: chance.fraction() }];
}

function sizeOf(target: Target, nodes: number, chance: Chance): number {
  const largestMinority = Math.floor((nodes - 1) / 2);
  const majority = Math.floor(nodes / 2) + 1;
  switch (target) {
    case 'one':
      return 1;
    case 'minority':
      // One node has no minority, and one is then the least that can go wrong.
      return 1 + chance.below(Math.max(1, largestMinority));
    case 'majority':
      return majority + chance.below(Math.max(1, nodes - majority));
    case 'all':
      return nodes;
  }
}
