import type { Json } from '../../impl/index.ts';
import { type Clock, sleep } from './clock.ts';
import type { Groups } from './partitions.ts';
import type { Fault, NodeFault } from './plan.ts';

/**
 * How faults are made. A plan says only which, with whom and when, so that the same plan can be carried out on
 * whatever implements this. Each promise is kept as soon as the thing is done.
 */
export interface Faults {
  readonly nodes: NodeFaults;
  readonly links: LinkFaults;
  /** Faults of disks, which not every stage has. */
  readonly disks?: DiskFaults;
}

/** How nodes fail. */
export interface NodeFaults {
  kill(node: number): Promise<void>;
  /** Starts a node that was killed. That it is started does not mean that it is of use. */
  restart(node: number): Promise<void>;
  pause(node: number): Promise<void>;
  resume(node: number): Promise<void>;
}

/** How what is between nodes fails. */
export interface LinkFaults {
  /** From now on, only nodes of a same group hear each other. */
  partition(groups: Groups): void;
  heal(): void;
  /** The node of which the others have heard most lately, or undefined if they have heard of none. */
  busiest(): number | undefined;
}

/** How disks fail. `at`, from 0 to 1, is all that is left to chance in it. */
export interface DiskFaults {
  /** Leaves a node no room for what it writes. It may end of that. */
  fill(node: number, at: number): Promise<void>;
  /** Gives it room again, and starts it if it has ended. */
  free(node: number): Promise<void>;
  /** Leaves half a write where a node that was killed wrote last. */
  tear(node: number, at: number): Promise<void>;
  /** Turns a bit round in what a node that was killed has on its disk. */
  flip(node: number, at: number): Promise<void>;
}

/**
 * A fault as it was made, with whom it really struck. The times are those of the clock, in milliseconds; a fault without an end
 * was cut off.
 */
export interface Suffered {
  readonly fault: Fault;
  readonly from: number;
  readonly until: number | undefined;
}

/** Told what the nemesis does, before and after, in Jepsen's words. */
export type RecordEvent = (f: string, value: Json) => void;

/** The name of a node in messages. */
export function nameOf(node: number): string {
  return `n${node}`;
}

/** Carries a plan out. Faults that are on when the signal is given stay on. */
export class Nemesis {
  /** What came of each fault of the plan that has begun. */
  private readonly begun = new Map<Fault, Suffered>();
  private readonly plan: readonly Fault[];
  private readonly faults: Faults;
  private readonly clock: Clock;

  constructor(plan: readonly Fault[], faults: Faults, clock: Clock) {
    this.plan = plan;
    this.faults = faults;
    this.clock = clock;
  }

  /** Ends when the last fault has ended. */
  async run(tell: RecordEvent, signal: AbortSignal): Promise<void> {
    const origin = this.clock.now();
    for (const { fault, edge } of edgesOf(this.plan)) {
      const due = origin + fault[edge];
      if (due > this.clock.now()) await sleep(this.clock, due - this.clock.now(), signal);
      const struck = edge === 'from' ? this.aimed(fault) : this.begun.get(fault)?.fault;
      if (struck === undefined) continue;
      const { f, value } = wordsOf(struck, edge);
      tell(f, value);
      await (edge === 'from' ? begin(struck, this.faults) : this.finish(struck));
      tell(f, value);
      const from = this.begun.get(fault)?.from ?? this.clock.now();
      this.begun.set(fault, { fault: struck, from, until: edge === 'from' ? undefined : this.clock.now() });
      signal.throwIfAborted();
    }
  }

  /** The faults that have begun. */
  suffered(): readonly Suffered[] {
    return [...this.begun.values()];
  }

  /** What is wrong at the moment, in words. */
  current(): string {
    return this.suffered()
      .flatMap(({ fault, until }) => (until === undefined ? [faultText(fault)] : []))
      .join(', ');
  }

  /** The fault as it is to be made now, or undefined if something else is wrong already with all whom it would strike. */
  private aimed(planned: Fault): Fault | undefined {
    const primary = this.faults.links.busiest();
    const fault =
      planned.primary === undefined || primary === undefined
        ? planned
        : exchanged(planned, planned.primary, primary);
    if (fault.kind === 'partition') return fault;
    const struck = this.suffered().flatMap(({ fault, until }) =>
      until === undefined && fault.kind !== 'partition' ? fault.nodes : [],
    );
    const nodes = fault.nodes.filter((node) => !struck.includes(node));
    return nodes.length === 0 ? undefined : { ...fault, nodes };
  }

  /** Nothing heals where another partition begins at once: what is held up must not get through in between. */
  private async finish(fault: Fault): Promise<void> {
    const isReplaced = this.plan.some(({ kind, from }) => kind === 'partition' && from === fault.until);
    if (fault.kind !== 'partition' || !isReplaced) await end(fault, this.faults);
  }
}

/** The fault with two nodes in each other's place. */
function exchanged(fault: Fault, one: number, other: number): Fault {
  const placed = (node: number): number => (node === one ? other : node === other ? one : node);
  return fault.kind === 'partition'
    ? { ...fault, groups: fault.groups.map((group) => group.map(placed)) }
    : { ...fault, nodes: fault.nodes.map(placed) };
}

/** A fault in a few words, such as `kill n0 n2`. */
export function faultText(fault: Fault): string {
  if (fault.kind !== 'partition') return `${fault.kind} ${fault.nodes.map(nameOf).join(' ')}`;
  const groups = fault.groups.map((group) => group.map(nameOf).join(' '));
  return `partition, ${fault.shape}: ${groups.join(' | ')}`;
}

type Edge = 'from' | 'until';

/** All beginnings and ends in order. Ends come first, for the next fault may need what they give back. */
function edgesOf(plan: readonly Fault[]): readonly { readonly fault: Fault; readonly edge: Edge }[] {
  const ends = plan.map((fault) => ({ fault, edge: 'until' as const }));
  const beginnings = plan.map((fault) => ({ fault, edge: 'from' as const }));
  return [...ends, ...beginnings].toSorted((one, other) => one.fault[one.edge] - other.fault[other.edge]);
}

function wordsOf(fault: Fault, edge: Edge): { readonly f: string; readonly value: Json } {
  const isBegun = edge === 'from';
  if (fault.kind === 'partition') {
    const groups = fault.groups.map((group) => group.map(nameOf));
    return isBegun
      ? { f: 'start-partition', value: { shape: fault.shape, groups } }
      : { f: 'stop-partition', value: null };
  }
  return { f: isBegun ? fault.kind : undoing[fault.kind], value: fault.nodes.map(nameOf) };
}

const undoing = { kill: 'start', tear: 'start', flip: 'start', pause: 'resume', full: 'free' } as const;

async function begin(fault: Fault, faults: Faults): Promise<void> {
  if (fault.kind === 'partition') return faults.links.partition(fault.groups);
  await Promise.all(fault.nodes.map((node) => strike(fault, node, faults)));
}

async function strike(fault: NodeFault, node: number, faults: Faults): Promise<void> {
  switch (fault.kind) {
    case 'kill':
      return faults.nodes.kill(node);
    case 'pause':
      return faults.nodes.pause(node);
    case 'full':
      return disksOf(faults).fill(node, fault.at);
    case 'tear':
      await faults.nodes.kill(node);
      return disksOf(faults).tear(node, fault.at);
    case 'flip':
      await faults.nodes.kill(node);
      return disksOf(faults).flip(node, fault.at);
  }
}

async function end(fault: Fault, faults: Faults): Promise<void> {
  if (fault.kind === 'partition') return faults.links.heal();
  await Promise.all(fault.nodes.map((node) => relieve(fault, node, faults)));
}

async function relieve(fault: NodeFault, node: number, faults: Faults): Promise<void> {
  switch (fault.kind) {
    case 'pause':
      return faults.nodes.resume(node);
    case 'full':
      return disksOf(faults).free(node);
    case 'kill':
    case 'tear':
    case 'flip':
      return faults.nodes.restart(node);
  }
}

function disksOf({ disks }: Faults): DiskFaults {
  if (disks === undefined) throw new Error('A plan has faults of disks, and the stage has no disks.');
  return disks;
}
