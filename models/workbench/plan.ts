import { Chance } from './chance.ts';
import { type Groups, groupsOf, type Shape, shapesFor } from './partitions.ts';

/** The kinds of faults that can be asked for. */
export const faultKinds = ['partition', 'kill', 'pause'] as const;
export type FaultKind = (typeof faultKinds)[number];

/** How many nodes are killed or paused at once. A minority is less than half of them, and a majority more. */
export const targets = ['one', 'minority', 'majority', 'all'] as const;
export type Target = (typeof targets)[number];

/** What is wrong, with whom, and when. Nodes are numbered from 0, and times are milliseconds since the plan began. */
export type Fault = { readonly from: number; readonly until: number } & (
  | { readonly kind: 'kill' | 'pause'; readonly nodes: readonly number[] }
  | { readonly kind: 'partition'; readonly shape: Shape; readonly groups: Groups }
);

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
 * different kinds may meet; but no node is killed and paused at once.
 */
export function planFaults(trouble: Trouble): readonly Fault[] {
  const spans = trouble.kinds.flatMap((kind) => spansOf(kind, trouble));
  const faults: Fault[] = [];
  for (const span of spans.toSorted((one, other) => one.from - other.from))
    faults.push(...faultOf(span, trouble, faults));
  return faults;
}

interface Span {
  readonly kind: FaultKind;
  readonly from: number;
  readonly until: number;
  readonly chance: Chance;
}

function spansOf(kind: FaultKind, { seed, interval, duration }: Trouble): readonly Span[] {
  const chance = new Chance(seed, `faults: ${kind}`);
  const gap = (): number => Math.round(interval * (0.1 + 1.8 * chance.fraction()));
  const spans: Span[] = [];
  for (let from = gap(); from < duration; ) {
    const until = Math.min(from + gap(), duration);
    spans.push({ kind, from, until, chance });
    from = until + gap();
  }
  return spans;
}

/** Nothing is left of a fault for which there is no node. */
function faultOf(
  { kind, from, until, chance }: Span,
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
  const size = sizeOf(chance.pick(trouble.targets), trouble.nodes, chance);
  const nodes = chance
    .shuffled(free)
    .slice(0, size)
    .toSorted((one, other) => one - other);
  return nodes.length === 0 ? [] : [{ kind, from, until, nodes }];
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
