import { Chance, exponential } from '../chance.ts';
import { type Groups, groupsOf, type PartitionShape, shapesFor } from './partitions.ts';

/** The kinds of faults that every environment supports. */
export const faultKinds = ['partition', 'kill', 'pause'] as const;
/** The kinds of faults that need access to the directory in which a node keeps its data. */
export const diskFaultKinds = ['full', 'torn-write', 'bit-flip'] as const;
export type FaultKind = (typeof faultKinds)[number] | (typeof diskFaultKinds)[number];

/**
 * The nodes that faults hit. A minority is less than half of the nodes, a majority more than half. `primary` is the node that
 * sent the most to others when the fault begins, as a primary does.
 */
export const faultTargets = ['one', 'minority', 'majority', 'all', 'primary'] as const;
type FaultTarget = (typeof faultTargets)[number];

/** A planned fault: its kind, its nodes, and its time. Nodes count from 0; times are milliseconds since the plan began. */
export type Fault = NodeFault | PartitionFault;

interface FaultSpan {
  readonly from: number;
  readonly until: number;
  /** If present, the node that is primary when the fault begins takes the place of this node. */
  readonly primary?: number;
}

/** A fault of some nodes. In a disk fault, `at`, from 0 to 1, selects the place of the corruption. */
export type NodeFault = FaultSpan & { readonly nodes: readonly number[] } & (
    | { readonly kind: 'kill' | 'pause' }
    | { readonly kind: (typeof diskFaultKinds)[number]; readonly at: number }
  );

interface PartitionFault extends FaultSpan {
  readonly kind: 'partition';
  readonly shape: PartitionShape;
  readonly groups: Groups;
}

/** By kind, the mean length of a fault and of the time until the next of its kind, in milliseconds. */
export type FaultIntervals = Readonly<Partial<Record<FaultKind, number>>>;

/** The parameters from which a plan is drawn. Times are in milliseconds. */
export interface FaultPlanOptions {
  readonly seed: number;
  readonly kinds: readonly FaultKind[];
  readonly targets: readonly [FaultTarget, ...FaultTarget[]];
  readonly nodes: number;
  /** The mean length of a fault, and of the time until the next of its kind. */
  readonly interval: number;
  /** Overrides `interval` for some kinds. */
  readonly intervals?: FaultIntervals;
  /** All faults have ended by then. */
  readonly duration: number;
}

/**
 * Draws a plan of faults, ordered by their beginnings. Each kind is drawn independently, so faults of different kinds may
 * overlap; but a node suffers at most one of kill, pause and disk faults at a time. Lengths are exponentially distributed.
 */
export function planFaults(options: FaultPlanOptions): readonly Fault[] {
  const spans = options.kinds.flatMap((kind) => spansOf(kind, options));
  const faults: Fault[] = [];
  for (const span of spans.toSorted((one, other) => one.from - other.from))
    faults.push(...faultOf(span, options, faults));
  return faults;
}

/** The probability that another partition follows a partition at once, without healing in between. */
const replacementProbability = 0.5;

interface PlannedSpan extends FaultSpan {
  readonly kind: FaultKind;
  readonly chance: Chance;
}

function spansOf(
  kind: FaultKind,
  { seed, interval, intervals, duration }: FaultPlanOptions,
): readonly PlannedSpan[] {
  const chance = new Chance(seed, `faults: ${kind}`);
  const mean = intervals?.[kind] ?? interval;
  const drawLength = (): number => 1 + Math.round(exponential(mean, chance.fraction()));
  const spans: PlannedSpan[] = [];
  for (let from = drawLength(); from < duration; ) {
    const until = Math.min(from + drawLength(), duration);
    spans.push({ kind, from, until, chance });
    const isReplaced = kind === 'partition' && chance.fraction() < replacementProbability;
    from = isReplaced ? until : until + drawLength();
  }
  return spans;
}

/** The fault in this span, or none if every node suffers another fault then. */
function faultOf(
  { kind, from, until, chance }: PlannedSpan,
  options: FaultPlanOptions,
  before: readonly Fault[],
): readonly Fault[] {
  if (kind === 'partition') {
    const [first, ...others] = shapesFor(options.nodes);
    if (first === undefined) return [];
    const shape = chance.pick([first, ...others]);
    const groups = groupsOf(shape, options.nodes, chance);
    return [{ kind, from, until, shape, groups, ...aim(chance.pick(options.targets), groups.flat()) }];
  }
  const taken = before.flatMap((fault) =>
    fault.kind !== 'partition' && fault.until >= from ? fault.nodes : [],
  );
  const free = Array.from({ length: options.nodes }, (_, node) => node).filter(
    (node) => !taken.includes(node),
  );
  // The other disks must hold the data that one disk loses, so only one is corrupted at a time.
  const target = chance.pick(options.targets);
  const size = kind === 'bit-flip' ? 1 : sizeOf(target, options.nodes, chance);
  const nodes = chance
    .shuffled(free)
    .slice(0, size)
    .toSorted((one, other) => one - other);
  if (nodes.length === 0) return [];
  const hit = { from, until, nodes, ...aim(target, nodes) };
  return kind === 'kill' || kind === 'pause' ? [{ kind, ...hit }] : [{ kind, ...hit, at: chance.fraction() }];
}

function aim(target: FaultTarget, [first]: readonly number[]): { readonly primary?: number } {
  return target !== 'primary' || first === undefined ? {} : { primary: first };
}

function sizeOf(target: FaultTarget, nodes: number, chance: Chance): number {
  const largestMinority = Math.floor((nodes - 1) / 2);
  const majority = Math.floor(nodes / 2) + 1;
  switch (target) {
    case 'one':
    case 'primary':
      return 1;
    case 'minority':
      // A single node has no minority; it is hit itself then.
      return 1 + chance.below(Math.max(1, largestMinority));
    case 'majority':
      return majority + chance.below(Math.max(1, nodes - majority));
    case 'all':
      return nodes;
  }
}
