import type { FaultKind, Room } from './faults.ts';
import type { Machine, RoomProcess } from './machine.ts';
import type { Connection } from './network.ts';
import type { ReplicaMachine } from './replicaMachine.ts';

/** Ticks after the end of a strike in which it may still be what a machine reacts to. */
const aftermath = 40;

/** What can be seen of a room at one moment: what is not well, and what runs. */
export interface Sight {
  readonly facts: ReadonlyMap<string, readonly string[]>;
  readonly processes: ReadonlyMap<string, RoomProcess | undefined>;
  readonly connections: ReadonlySet<Connection>;
}

export function sightOf(room: Room): Sight {
  const { network, replicas, programs } = room;
  const machines = [...replicas, ...programs].map(({ machine }) => machine);
  const facts = new Map<string, readonly string[]>(linkFacts(room, machines));
  for (const machine of machines) for (const fact of machineFacts(machine)) facts.set(fact, [machine.name]);
  for (const replica of replicas)
    for (const fact of replicaFacts(replica)) facts.set(fact, [replica.machine.name]);
  for (const name of network.refusing) facts.set(`${name} refuses connections`, [name]);
  for (const name of network.taken) facts.set(`another program holds the port of ${name}`, [name]);
  for (const [name, { host = 'nothing', delay }] of network.names)
    facts.set(`the name of ${name} leads to ${host} after ${delay.toFixed(0)} ms`, [name]);
  for (const machine of network.strangers)
    for (const { ends } of network.connections)
      if (ends[0] === machine.name) facts.set(`${machine.name} is connected to ${ends[1]}`, ends);
  for (const { isDead, isFrozen, ends } of network.connections)
    if (isDead || isFrozen)
      facts.set(`a connection from ${ends[0]} to ${ends[1]} is ${isDead ? 'dead' : 'frozen'}`, ends);
  return {
    facts,
    processes: new Map(machines.map(({ name, process }) => [name, process])),
    connections: new Set(network.connections),
  };
}

/** What a strike did, and the machines that it hit. */
export interface Effect {
  readonly texts: readonly string[];
  readonly machines: ReadonlySet<string>;
}

/** What has come to be between two moments. */
export function effectOf(before: Sight, after: Sight): Effect {
  const changes = new Map([...after.facts].filter(([fact]) => !before.facts.has(fact)));
  for (const [name, process] of after.processes)
    if (process !== undefined && before.processes.get(name) !== process)
      changes.set(`${name} runs another process`, [name]);
  // A process that ends takes its connections with it.
  if (changes.size === 0)
    for (const { ends } of before.connections)
      if (![...after.connections].some((one) => one.ends === ends))
        changes.set(`a connection from ${ends[0]} to ${ends[1]} is over`, ends);
  return { texts: [...changes.keys()], machines: new Set([...changes.values()].flat()) };
}

function replicaFacts(replica: ReplicaMachine): readonly string[] {
  const { disk, isDestroyed, awaitsOperator } = replica;
  const { name } = replica.machine;
  return [
    ...(disk.isSlow ? [`the disk of ${name} is slow`] : []),
    ...(disk.isSticking ? [`the disk of ${name} ends no sync`] : []),
    ...(disk.trouble === undefined
      ? []
      : [`the disk of ${name} fails with ${disk.trouble.code} at ${disk.trouble.operations.join(', ')}`]),
    ...(isDestroyed ? [`what the directory of ${name} held is lost or altered`] : []),
    ...(awaitsOperator ? [`the directory or the file of ${name} is another one`] : []),
  ];
}

function machineFacts(machine: Machine): readonly string[] {
  const { name, isOn, process, clockError, clockSpeed, reading } = machine;
  return [
    ...(clockSpeed === 1 ? [] : [`the clocks of ${name} run ${clockSpeed.toFixed(2)} times as fast`]),
    ...(reading === undefined ? [] : [`${name} reads ${reading.bytes} bytes every ${reading.pause} ms`]),
    ...(isOn ? [] : [`${name} has no power`]),
    ...(isOn && process === undefined ? [`${name} is down`] : []),
    ...(process?.isStill === true ? [`${name} stands still`] : []),
    ...(clockError === 0 ? [] : [`the clock of ${name} is wrong by ${clockError.toFixed(0)} ms`]),
  ];
}

function linkFacts({ network }: Room, machines: readonly Machine[]): [string, readonly string[]][] {
  const names = machines.map(({ name }) => name);
  const pairs = names.flatMap((from) => names.filter((to) => to !== from).map((to) => [from, to] as const));
  const cut = pairs.filter(([from, to]) => network.links.between(from, to).isCut);
  const slow = pairs.filter(([from, to]) => network.links.between(from, to).isSlow);
  const slowFacts = slow.map(([from, to]): [string, readonly string[]] => [
    `the link from ${from} to ${to} is slow`,
    [from, to],
  ]);
  if (cut.length > 0 && cut.length === pairs.length)
    return [['no machine reaches another', names], ...slowFacts];
  const isAlone = (name: string): boolean =>
    cut.filter((pair) => pair.includes(name)).length === 2 * (names.length - 1);
  const alone = new Set(names.filter(isAlone));
  const single = cut.filter(([from, to]) => !alone.has(from) && !alone.has(to));
  return [
    ...[...alone].map((name): [string, readonly string[]] => [`${name} is cut off`, [name]]),
    ...single.map(([from, to]): [string, readonly string[]] => [
      `packets from ${from} to ${to} vanish`,
      [from, to],
    ]),
    ...slowFacts,
  ];
}

/** How often a kind of fault struck, and how often it mattered. */
export interface Count {
  readonly struck: number;
  readonly mattered: number;
}

interface Watched {
  readonly kind: FaultKind;
  readonly machines: ReadonlySet<string>;
  until: number;
}

/**
 * Counts the strikes that mattered: while the strike lasted, or soon after, a machine that it hit lost a connection, changed its view or
 * warned. Of a strike that changed nothing that can be seen, any warning of a server counts. Where several strikes hit a machine, each is
 * taken to matter.
 */
export class Effects {
  private readonly counts = new Map<FaultKind, { struck: number; mattered: number }>();
  private readonly tick: number;
  private watched: Watched[] = [];

  /** `tick`: milliseconds. */
  constructor(tick: number) {
    this.tick = tick;
  }

  get result(): ReadonlyMap<FaultKind, Count> {
    return this.counts;
  }

  /** A strike has begun. Yields what is told when it ends. */
  strike(kind: FaultKind, { machines }: Effect): (now: number) => void {
    const count = this.counts.get(kind) ?? { struck: 0, mattered: 0 };
    count.struck++;
    this.counts.set(kind, count);
    const watched: Watched = { kind, machines, until: Infinity };
    this.watched.push(watched);
    return (now) => {
      watched.until = now + aftermath * this.tick;
    };
  }

  /** A fact about the present event was noted. */
  note(now: number, line: string): void {
    if (this.watched.length === 0 || !isReaction(line)) return;
    const [subject = '', verb, other = ''] = line.split(' ', 3);
    const names = verb === 'closed' ? [subject, other.split(':', 1)[0] ?? ''] : [subject];
    this.watched = this.watched.filter(({ kind, machines, until }) => {
      if (now > until) return false;
      const isHit = machines.size === 0 ? isWarning(line) : names.some((name) => machines.has(name));
      const count = this.counts.get(kind);
      if (isHit && count !== undefined) count.mattered++;
      return !isHit;
    });
  }
}

function isWarning(line: string): boolean {
  return line.includes('{"level":40') || line.includes('{"level":50');
}

function isReaction(line: string): boolean {
  return (
    isWarning(line) ||
    line.includes(' failed: ') ||
    line.includes(' closed ') ||
    line.includes('changing the view')
  );
}
