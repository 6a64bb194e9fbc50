import { Chance, exponential } from './chance.ts';
import { type Groups, groupsOf, type Shape, shapesFor } from './partitions.ts';

/** The kinds of faults that every stage has. */
export const faultKinds = ['partition', 'kill', 'pause'] as const;
/** Those for which nodes must keep their data on a disk that can be reached. */
export const diskFaultKinds = ['full', 'tear', 'flip'] as const;
export type FaultKind = (typeof faultKinds)[number] | (typeof diskFaultKinds)[number];

/**
 * Whom faults strike. A minority is less than half of the nodes, and a majority more. `primary` is the node of
 * which the others have heard most when the fault begins, as they do of their primary.
 */
export const targets = ['one', 'minority', 'majority', 'all', 'primary'] as const;
export type Target = (typeof targets)[number];

/** What is wrong, with whom, and when. Nodes are numbered from 0, and times are milliseconds since the plan began. */
export type Fault = NodeFault | PartitionFault;

interface Span {
  readonly from: number;
  readonly until: number;
  /** If it is there, whoever is the primary when the fault begins changes places with this node. */
  readonly primary?: number;
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

/** How long faults of some kinds last, and how long there are none, on average, in milliseconds. */
export type Intervals = Readonly<Partial<Record<FaultKind, number>>>;

/** What a plan is made of. Times are in milliseconds. */
export interface Trouble {
  readonly seed: number;
  readonly kinds: readonly FaultKind[];
  readonly targets: readonly [Target, ...Target[]];
  readonly nodes: number;
  /** How long a fault lasts, and how long it takes until the next of its kind begins, on average. */
  readonly interval: number;
  /** The same for kinds that have another interval. */
  readonly intervals?: Intervals;
  /** When all faults have ended. */
  readonly duration: number;
}

/**
 * Draws which faults there are, in the order of their beginnings. Each kind comes and goes by itself, so that faults of
 * different kinds may meet; but nothing else is wrong with a node that is killed, paused or has trouble with its disk.
 * Many faults are much shorter than the interval, and some much longer.
 */
export function planFaults(trouble: Trouble): readonly Fault[] {
  const spans = trouble.kinds.flatMap((kind) => spansOf(kind, trouble));
  const faults: Fault[] = [];
  for (const span of spans.toSorted((one, other) => one.from - other.from))
    faults.push(...faultOf(span, trouble, faults));
  return faults;
}

/** How likely one partition gives way to another, in place of healing. */
const replaced = 0.5;

interface Due extends Span {
  readonly kind: FaultKind;
  readonly chance: Chance;
}

function spansOf(kind: FaultKind, { seed, interval, intervals, duration }: Trouble): readonly Due[] {
  const chance = new Chance(seed, `faults: ${kind}`);
  const mean = intervals?.[kind] ?? interval;
  const some = (): number => 1 + Math.round(exponential(mean, chance.fraction()));
  const spans: Due[] = [];
  for (let from = some(); from < duration; ) {
    const until = Math.min(from + some(), duration);
    spans.push({ kind, from, until, chance });
    const isReplaced = kind === 'partition' && chance.fraction() < replaced;
    from = isReplaced ? until : until + some();
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
    const groups = groupsOf(shape, trouble.nodes, chance);
    return [{ kind, from, until, shape, groups, ...aim(chance.pick(trouble.targets), groups.flat()) }];
  }
  const taken = before.flatMap((fault) =>
    fault.kind !== 'partition' && fault.until >= from ? fault.nodes : [],
  );
  const free = Array.from({ length: trouble.nodes }, (_, node) => node).filter(
    (node) => !taken.includes(node),
  );
  // What one disk has lost the others must have, so no two are harmed at once.
  const target = chance.pick(trouble.targets);
  const size = kind === 'flip' ? 1 : sizeOf(target, trouble.nodes, chance);
  const nodes = chance
    .shuffled(free)
    .slice(0, size)
    .toSorted((one, other) => one - other);
  if (nodes.length === 0) return [];
  const struck = { from, until, nodes, ...aim(target, nodes) };
  return kind === 'kill' || kind === 'pause'
    ? [{ kind, ...struck }]
    : [{ kind, ...struck, at: chance.fraction() }];
}

function aim(target: Target, [first]: readonly number[]): { readonly primary?: number } {
  return target !== 'primary' || first === undefined ? {} : { primary: first };
}

function sizeOf(target: Target, nodes: number, chance: Chance): number {
  const largestMinority = Math.floor((nodes - 1) / 2);
  const majority = Math.floor(nodes / 2) + 1;
  switch (target) {
    case 'one':
    case 'primary':
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
