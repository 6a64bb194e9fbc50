import type { Json } from '../../../impl/index.ts';
import { type Clock, sleep } from '../clock.ts';
import { type DiskFaults, type Faults, nameOf } from './faults.ts';
import type { Fault, NodeFault } from './plan.ts';

/**
 * A fault as it was injected, with the nodes it really hit. Times are the clock's, in milliseconds. `until` is undefined if
 * the test ended before the fault did.
 */
export interface InjectedFault {
  readonly fault: Fault;
  readonly from: number;
  readonly until: number | undefined;
}

/** Called before and after each change, with the event's name and value in Jepsen's terms. */
type NemesisRecorder = (f: string, value: Json) => void;

/** Carries out a plan of faults. Faults in effect when the signal aborts stay in effect. */
export class Nemesis {
  /** Each fault of the plan that has begun, as it was injected. */
  private readonly begun = new Map<Fault, InjectedFault>();
  private readonly plan: readonly Fault[];
  private readonly faults: Faults;
  private readonly clock: Clock;

  constructor(plan: readonly Fault[], faults: Faults, clock: Clock) {
    this.plan = plan;
    this.faults = faults;
    this.clock = clock;
  }

  /** Resolves when the last fault has ended. */
  async run(record: NemesisRecorder, signal: AbortSignal): Promise<void> {
    const origin = this.clock.now();
    for (const { fault, edge } of edgesOf(this.plan)) {
      const due = origin + fault[edge];
      if (due > this.clock.now()) await sleep(this.clock, due - this.clock.now(), signal);
      const hit = edge === 'from' ? this.toInject(fault) : this.begun.get(fault)?.fault;
      if (hit === undefined) continue;
      const { f, value } = nemesisEventOf(hit, edge);
      record(f, value);
      await (edge === 'from' ? begin(hit, this.faults) : this.finish(hit));
      record(f, value);
      const from = this.begun.get(fault)?.from ?? this.clock.now();
      this.begun.set(fault, { fault: hit, from, until: edge === 'from' ? undefined : this.clock.now() });
      signal.throwIfAborted();
    }
  }

  /** The faults that have begun, ended or not. */
  injected(): readonly InjectedFault[] {
    return [...this.begun.values()];
  }

  /** The faults in effect now, as text, or an empty text. */
  current(): string {
    return this.injected()
      .flatMap(({ fault, until }) => (until === undefined ? [faultText(fault)] : []))
      .join(', ');
  }

  /** The fault to inject now, or undefined if every node that it would hit already suffers another fault. */
  private toInject(planned: Fault): Fault | undefined {
    const primary = this.faults.links.busiest();
    const fault =
      planned.primary === undefined || primary === undefined
        ? planned
        : withSwappedNodes(planned, planned.primary, primary);
    if (fault.kind === 'partition') return fault;
    const hit = this.injected().flatMap(({ fault, until }) =>
      until === undefined && fault.kind !== 'partition' ? fault.nodes : [],
    );
    const nodes = fault.nodes.filter((node) => !hit.includes(node));
    return nodes.length === 0 ? undefined : { ...fault, nodes };
  }

  /** Skips healing where another partition begins at once: held messages must not get through in between. */
  private async finish(fault: Fault): Promise<void> {
    const isReplaced = this.plan.some(({ kind, from }) => kind === 'partition' && from === fault.until);
    if (fault.kind !== 'partition' || !isReplaced) await end(fault, this.faults);
  }
}

/** The fault with these two nodes exchanged. */
function withSwappedNodes(fault: Fault, one: number, other: number): Fault {
  const placed = (node: number): number => (node === one ? other : node === other ? one : node);
  return fault.kind === 'partition'
    ? { ...fault, groups: fault.groups.map((group) => group.map(placed)) }
    : { ...fault, nodes: fault.nodes.map(placed) };
}

/** A fault as short text, such as `kill n0 n2`. */
export function faultText(fault: Fault): string {
  if (fault.kind !== 'partition') return `${fault.kind} ${fault.nodes.map(nameOf).join(' ')}`;
  const groups = fault.groups.map((group) => group.map(nameOf).join(' '));
  return `partition, ${fault.shape}: ${groups.join(' | ')}`;
}

type Edge = 'from' | 'until';

/** All beginnings and ends by time. At equal times ends come first, because a new fault may need the node an old one frees. */
function edgesOf(plan: readonly Fault[]): readonly { readonly fault: Fault; readonly edge: Edge }[] {
  const ends = plan.map((fault) => ({ fault, edge: 'until' as const }));
  const beginnings = plan.map((fault) => ({ fault, edge: 'from' as const }));
  return [...ends, ...beginnings].toSorted((one, other) => one.fault[one.edge] - other.fault[other.edge]);
}

function nemesisEventOf(fault: Fault, edge: Edge): { readonly f: string; readonly value: Json } {
  const isBegun = edge === 'from';
  if (fault.kind === 'partition') {
    const groups = fault.groups.map((group) => group.map(nameOf));
    return isBegun
      ? { f: 'start-partition', value: { shape: fault.shape, groups } }
      : { f: 'stop-partition', value: null };
  }
  return { f: isBegun ? fault.kind : endNames[fault.kind], value: fault.nodes.map(nameOf) };
}

/** What the history calls the end of each kind of node fault. */
const endNames = {
  kill: 'start',
  'torn-write': 'start',
  'bit-flip': 'start',
  pause: 'resume',
  full: 'free',
} as const;

async function begin(fault: Fault, faults: Faults): Promise<void> {
  if (fault.kind === 'partition') return faults.links.partition(fault.groups);
  await Promise.all(fault.nodes.map((node) => inject(fault, node, faults)));
}

async function inject(fault: NodeFault, node: number, faults: Faults): Promise<void> {
  switch (fault.kind) {
    case 'kill':
      return faults.nodes.kill(node);
    case 'pause':
      return faults.nodes.pause(node);
    case 'full':
      return disksOf(faults).fill(node, fault.at);
    case 'torn-write':
      await faults.nodes.kill(node);
      return disksOf(faults).tornWrite(node, fault.at);
    case 'bit-flip':
      await faults.nodes.kill(node);
      return disksOf(faults).bitFlip(node, fault.at);
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
    case 'torn-write':
    case 'bit-flip':
      return faults.nodes.restart(node);
  }
}

function disksOf({ disks }: Faults): DiskFaults {
  if (disks === undefined) throw new Error('The plan has disk faults, and the environment supports none.');
  return disks;
}
