import {
  guarantees,
  type Observation,
  observe,
  type Promised,
  beginning as promisedAtFirst,
  type Service,
} from '../../spec/promise/index.ts';
import {
  beginning,
  broken,
  type Group,
  Log,
  type Message,
  next,
  type Protocol,
  protocol,
  type State,
  type Step,
  type Stored,
} from '../../spec/protocol/index.ts';
import { Visited } from '../explore/search/visited.ts';
import { hashOf } from '../explore/states/hash.ts';
import { choicesIn, executionOf, type Left, sayable } from './choices.ts';
import { Observer, surviving } from './observed.ts';
import { type ProtocolInvariant, protocolInvariants } from './protocolInvariants.ts';
import { Numbering, SentMessages } from './sentMessages.ts';

/** What is explored. */
export interface ProtocolExploration {
  readonly group: Group;
  readonly service: Service;
  readonly clients: number;
  readonly bounds: Left;
  /** The rules, or some of them. */
  readonly rules?: Protocol;
  readonly invariants?: readonly ProtocolInvariant[];
  /** The most states whose steps are taken. A protocol without one of its rules may have very many. */
  readonly most?: number;
  /**
   * Whether the writes of a replica become durable at once after each of its steps but `order`, whose PREPARE may leave before. What
   * else shows before a write is durable is committed, so that a crash that undoes the write is one before the step.
   */
  readonly eagerWrites?: boolean;
}

/** A property that the protocol does not keep, and the steps that lead there, without the messages that are sent. */
export interface ProtocolViolation {
  readonly property: string;
  readonly seen: string;
  readonly trace: readonly Step[];
}

/** What came of an exploration. */
export interface ProtocolExplored {
  readonly states: number;
  /** Whether there is no state that was not visited. */
  readonly isWhole: boolean;
  /** By action, and by type of message: how many steps were taken. */
  readonly taken: ReadonlyMap<string, number>;
  /** By action or type of message, and rule: how many steps it has refused. */
  readonly refused: ReadonlyMap<string, number>;
  readonly violation: ProtocolViolation | undefined;
}

interface Node {
  readonly state: State;
  readonly promised: Promised;
  /** All entries that were ever executed. */
  readonly history: Log;
  readonly left: Left;
  readonly parent: Node | undefined;
  readonly step: Step | undefined;
}

/** Stops the exploration at the step that breaks a property. */
class Violated extends Error {
  readonly violation: ProtocolViolation;

  constructor(violation: ProtocolViolation) {
    super(violation.property);
    this.violation = violation;
  }
}

/** Explores every state of the protocol within the bounds. */
export function exploreProtocol(exploration: ProtocolExploration): ProtocolExplored {
  const search = new ProtocolSearch(exploration);
  search.visit(exploration.most ?? Number.POSITIVE_INFINITY);
  return search.result();
}

/**
 * An exploration of the states of the protocol, in breadth, so that the trace of a violation is shortest.
 *
 * Some steps are taken as soon as they are allowed, because they forbid nothing and only make more observations: a message is
 * sent, an entry is executed, a client takes an answer. No rule demands that any of this has not happened.
 */
export class ProtocolSearch {
  private readonly exploration: ProtocolExploration;
  private readonly rules: Protocol;
  private readonly numbering = new Numbering();
  private readonly observer: Observer;
  private readonly taken = new Map<string, number>();
  private readonly refused = new Map<string, number>();
  private visited = new Visited(Visited.allocate());
  private states = 0;
  /** The states that are found and whose steps are not taken yet, and how many before them are done. */
  private readonly found: (Node | undefined)[] = [];
  private done = 0;
  private violation: ProtocolViolation | undefined;

  constructor(exploration: ProtocolExploration) {
    this.exploration = exploration;
    this.rules = exploration.rules ?? protocol;
    this.observer = new Observer(exploration.service);
    this.trying(() => this.add(this.settled(this.root())));
  }

  /** Takes the steps of so many more states. Returns whether there are more. */
  visit(states: number): boolean {
    const last = this.done + states;
    while (this.done < this.found.length && this.done < last && this.violation === undefined) {
      const node = this.found[this.done];
      // What was visited is needed only for traces.
      this.found[this.done++] = undefined;
      if (node !== undefined) this.trying(() => this.takeSteps(node));
    }
    return this.done < this.found.length && this.violation === undefined;
  }

  /** What has come of it so far. */
  result(): ProtocolExplored {
    const { states, taken, refused, violation } = this;
    const isWhole = this.done === this.found.length && violation === undefined;
    return { states, isWhole, taken, refused, violation };
  }

  private trying(step: () => void): void {
    try {
      step();
    } catch (error) {
      if (!(error instanceof Violated)) throw error;
      this.violation = error.violation;
    }
  }

  private takeSteps(node: Node): void {
    for (const { step, cost } of choicesIn(node.state, this.imagined(node.state), node.left)) {
      if (!this.isAllowed(node.state, step)) continue;
      const left = cost === undefined ? node.left : { ...node.left, [cost]: node.left[cost] - 1 };
      this.add(this.settled({ ...this.after(node, step), left, parent: node, step }));
    }
  }

  /** The messages that were sent, and those that a replica might wish to send. */
  private imagined(state: State): readonly Message[] {
    const heard = sentIn(state).messages;
    const wished = state.replicas.flatMap((_, number) => sayable(state, number, heard));
    return [...heard, ...wished.filter((message) => !state.sent.has(message))];
  }

  private root(): Node {
    const { group, service, clients, bounds } = this.exploration;
    const empty = Log.empty();
    const known = Array.from({ length: clients }, (_, index) => ({
      clientId: `c${index}`,
      requestNumber: 0,
      answered: 0,
    }));
    return {
      state: beginning(group, new SentMessages(this.numbering), known, empty),
      promised: promisedAtFirst(service, group.size),
      history: empty,
      left: bounds,
      parent: undefined,
      step: undefined,
    };
  }

  private isAllowed(state: State, step: Step): boolean {
    const name = step.action === 'send' ? step.message.type : step.action;
    const reason = broken(this.rules, state, step);
    if (reason === undefined) count(this.taken, name);
    else count(this.refused, `${name}/${reason.rule}`);
    return reason === undefined;
  }

  private add(node: Node): void {
    if (this.visited.isCrowdedBy(this.states)) this.visited = this.visited.doubled();
    const { low, high } = hashOf(keyOf(node, this.numbering));
    if (!this.visited.insert(low, high)) return;
    this.states++;
    this.found.push(node);
  }

  /** The node after one step, of which everything that is promised was checked. */
  private after(node: Node, step: Step): Node {
    const state = next(this.rules, node.state, step);
    let { promised, history } = node;
    for (const observation of this.observer.of(step, state)) {
      this.check(node, step, promised, observation);
      promised = observe(promised, observation);
      if (observation.kind !== 'executed' || observation.position !== history.length + 1) continue;
      history = state.replicas[observation.copy]?.log.first(observation.position) ?? history;
    }
    this.check(node, step, promised, { kind: 'kept', positions: surviving(state, history) });
    for (const { name, seen } of this.exploration.invariants ?? protocolInvariants) {
      const sentence = seen(state, history);
      if (sentence !== undefined) throw this.violated(node, step, name, sentence);
    }
    return { ...node, state, promised, history };
  }

  private check(node: Node, step: Step, promised: Promised, observation: Observation): void {
    for (const guarantee of guarantees) {
      const seen = guarantee.check(promised, observation);
      if (seen !== undefined) throw this.violated(node, step, guarantee.name, seen);
    }
  }

  private violated(node: Node, last: Step, property: string, seen: string): Violated {
    const steps: Step[] = [];
    for (let at: Node | undefined = node; at?.step !== undefined; at = at.parent) steps.push(at.step);
    steps.reverse();
    if (steps.at(-1) !== last) steps.push(last);
    return new Violated({ property, seen, trace: steps });
  }

  /** The node after all steps that are taken as soon as they are allowed. */
  private settled(node: Node): Node {
    let at = node;
    for (let before: Node | undefined; before !== at; ) {
      before = at;
      at.state.replicas.forEach((_, number) => {
        at = this.withReplicaSettled(at, number);
      });
      for (const { clientId, requestNumber, answered } of at.state.clients) {
        if (answered === requestNumber) continue;
        const reply = sentIn(at.state).messages.find(
          (message) =>
            message.type === 'REPLY' &&
            message.clientId === clientId &&
            message.requestNumber === requestNumber,
        );
        if (reply?.type === 'REPLY') at = this.taking(at, { action: 'take-answer', reply });
      }
    }
    return at;
  }

  private withReplicaSettled(node: Node, number: number): Node {
    let at = node;
    for (const message of sayable(at.state, number, sentIn(at.state).messages)) {
      if (message.type === 'REQUEST' || at.state.sent.has(message)) continue;
      const step: Step = { action: 'send', replica: number, message };
      if (this.isAllowed(at.state, step)) at = { ...at, state: next(this.rules, at.state, step) };
    }
    const { step: last } = node;
    const isOwn = last !== undefined && 'replica' in last && last.replica === number;
    const isSure =
      node.left.crashes === 0 || (this.exploration.eagerWrites && isOwn && last.action !== 'order');
    const replica = at.state.replicas[number];
    if (isSure && replica !== undefined && replica.status !== 'down' && replica.writes.length > 0)
      at = this.taking(at, { action: 'persist', replica: number });
    const execution = executionOf(at.state, number, sentIn(at.state).messages);
    return execution === undefined ? at : this.taking(at, execution);
  }

  private taking(node: Node, step: Step): Node {
    return this.isAllowed(node.state, step) ? this.after(node, step) : node;
  }
}

/** The messages that were sent, of which an exploration keeps the list. */
function sentIn({ sent }: State): SentMessages {
  if (!(sent instanceof SentMessages)) throw new Error('The messages are not those of this exploration.');
  return sent;
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function keyOf({ state, promised, history, left }: Node, numbering: Numbering): string {
  const stored = ({ viewNumber, lastNormalView, log }: Stored) =>
    `${viewNumber}.${lastNormalView}.${log === undefined ? '' : numbering.ofLog(log)}`;
  const replicas = state.replicas.map(({ status, commitNumber, incarnation, disk, writes, ...memory }) => {
    const numbers = `${status}${stored(memory)}.${commitNumber}.${incarnation}`;
    return `${numbers}(${[disk, ...writes].map(stored).join()})`;
  });
  const clients = state.clients.map(({ requestNumber, answered }) => `${requestNumber}.${answered}`);
  const started = state.started.map((log) => (log === undefined ? '' : numbering.ofLog(log)));
  const { requests, timeouts, crashes } = left;
  const others = [requests, timeouts, crashes, promised.executed.join(), numbering.ofLog(history)];
  return [replicas.join(), clients.join(), started.join(), sentIn(state).key, others.join()].join(';');
}
