import type { Promised, Service } from '../../spec/promise/index.ts';
import {
  broken,
  type Client,
  type Group,
  isPrimary,
  type Message,
  next,
  type Protocol,
  protocol,
  type ReadReply,
  type Request,
  type State,
  type Step,
  type Stored,
} from '../../spec/protocol/index.ts';
import { Visited } from '../explore/search/visited.ts';
import { hashOf } from '../explore/states/hash.ts';
import { type BrokenProperty, type Checked, Checker, type Demands, sentIn } from './checker.ts';
import { choicesIn, executionOf, type Left, readStepsOf } from './choices.ts';
import type { Numbering } from './sentMessages.ts';
import { sayable } from './statements.ts';

/** What is explored. */
export interface ProtocolExploration extends Demands {
  readonly group: Group;
  readonly service: Service;
  readonly clients: number;
  /** What other clients have sent before the first step. */
  readonly requests?: readonly Request[];
  readonly bounds: Left;
  /** The rules, or some of them. */
  readonly rules?: Protocol;
  /** The most states whose steps are taken. A protocol without one of its rules may have very many. */
  readonly most?: number;
  /**
   * Whether the writes of a replica become durable at once after each of its steps but `order`, whose PREPARE may leave before. What
   * else shows before a write is durable is committed, so that a crash that undoes the write is one before the step.
   */
  readonly eagerWrites?: boolean;
}

/** A property that the protocol does not keep, and the steps that lead there, without the messages that are sent. */
export interface ProtocolViolation extends BrokenProperty {
  readonly trace: readonly Step[];
}

/** What came of an exploration. */
export interface ProtocolExplored {
  readonly states: number;
  /** How many differ in more than the messages that were sent. What may be said earlier makes fewer states, but not fewer of these. */
  readonly silentStates: number;
  /** Whether there is no state that was not visited. */
  readonly isWhole: boolean;
  /** By action, and by type of message: how many steps were taken. */
  readonly taken: ReadonlyMap<string, number>;
  /** By action or type of message, and rule: how many steps it has refused. */
  readonly refused: ReadonlyMap<string, number>;
  readonly violation: ProtocolViolation | undefined;
}

interface Node extends Checked {
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
 * sent, an entry is executed, a client takes an answer, a primary notes a read and asks for it. No rule demands that any of this has not happened;
 * but a read that is noted sooner may be answered from less, so that an execution waits while there may be reads to note.
 */
export class ProtocolSearch {
  private readonly exploration: ProtocolExploration;
  private readonly rules: Protocol;
  private readonly checker: Checker;
  private readonly taken = new Map<string, number>();
  private readonly refused = new Map<string, Map<string, number>>();
  private visited = new Visited(Visited.allocate());
  private readonly silent = new Set<string>();
  private states = 0;
  /** The states that are found and whose steps are not taken yet, and how many before them are done. */
  private readonly found: (Node | undefined)[] = [];
  private done = 0;
  private violation: ProtocolViolation | undefined;

  constructor(exploration: ProtocolExploration) {
    this.exploration = exploration;
    this.rules = exploration.rules ?? protocol;
    this.checker = new Checker(this.rules, exploration.service, exploration);
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
    const { states, taken, violation } = this;
    const refused = new Map<string, number>();
    for (const [name, byRule] of this.refused)
      for (const [rule, times] of byRule) refused.set(`${name}/${rule}`, times);
    const isWhole = this.done === this.found.length && violation === undefined;
    return { states, silentStates: this.silent.size, isWhole, taken, refused, violation };
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
      const left = cost === undefined ? node.left : { ...node.left, [cost]: (node.left[cost] ?? 0) - 1 };
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
    const { group, clients, requests, bounds } = this.exploration;
    const first = this.checker.beginning(group, clients, requests);
    return { ...first, left: bounds, parent: undefined, step: undefined };
  }

  private isAllowed(state: State, step: Step): boolean {
    const name = step.action === 'send' ? step.message.type : step.action;
    const reason = broken(this.rules, state, step);
    if (reason === undefined) {
      count(this.taken, name);
      return true;
    }
    const byRule = this.refused.get(name) ?? new Map<string, number>();
    this.refused.set(name, byRule);
    count(byRule, reason.rule);
    return false;
  }

  private add(node: Node): void {
    if (this.visited.isCrowdedBy(this.states)) this.visited = this.visited.doubled();
    const key = silentKeyOf(node, this.checker.numbering);
    const { low, high } = hashOf(`${key};${sentIn(node.state).key}`);
    if (!this.visited.insert(low, high)) return;
    this.states++;
    this.silent.add(key);
    const broken = this.checker.brokenInvariant(node);
    if (broken !== undefined) throw new Violated({ ...broken, trace: stepsTo(node) });
    this.found.push(node);
  }

  /** The node after one step, which breaks no guarantee. */
  private after(node: Node, step: Step): Node {
    const after = this.checker.after(node, step);
    if ('state' in after) return { ...node, ...after };
    const steps = stepsTo(node);
    throw new Violated({ ...after, trace: steps.at(-1) === step ? steps : [...steps, step] });
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
      const read = oldestAnswer(at.state);
      if (read !== undefined) at = this.taking(at, { action: 'take-answer', reply: read });
    }
    return at;
  }

  private withReplicaSettled(node: Node, number: number): Node {
    let at = node;
    for (const message of sayable(at.state, number, sentIn(at.state).messages)) {
      if (message.type === 'REQUEST' || message.type === 'READ' || at.state.sent.has(message)) continue;
      const step: Step = { action: 'send', replica: number, message };
      if (this.isAllowed(at.state, step)) at = { ...at, state: next(this.rules, at.state, step) };
    }
    const { step: last } = node;
    const isOwn = last !== undefined && 'replica' in last && last.replica === number;
    const isSure =
      (node.left.crashes === 0 && !node.left.losses) ||
      (this.exploration.eagerWrites && isOwn && last.action !== 'order');
    const replica = at.state.replicas[number];
    if (isSure && replica !== undefined && replica.status !== 'down' && replica.writes.length > 0)
      at = this.taking(at, { action: 'persist', replica: number });
    for (const step of readStepsOf(at.state, number, sentIn(at.state).messages)) at = this.taking(at, step);
    if (mayNoteRead(at, number)) return at;
    const execution = executionOf(at.state, number, sentIn(at.state).messages);
    return execution === undefined ? at : this.taking(at, execution);
  }

  private taking(node: Node, step: Step): Node {
    return this.isAllowed(node.state, step) ? this.after(node, step) : node;
  }
}

/** Of the answers to a read that is open, the one with the shortest log: it misses most. */
function oldestAnswer(state: State): ReadReply | undefined {
  const isOpen = ({ read }: ReadReply) =>
    state.clients.some(
      ({ clientId, readNumber, readAnswered }) =>
        clientId === read.clientId && readNumber === read.readNumber && readAnswered < readNumber,
    );
  return sentIn(state)
    .messages.filter((message) => message.type === 'READREPLY')
    .filter(isOpen)
    .toSorted((one, other) => one.log.length - other.log.length)[0];
}

/** Whether the primary may have a read to note later. Another replica starts a view with all that it may have executed before. */
function mayNoteRead({ left, state }: Node, number: number): boolean {
  if (!isPrimary(state, number)) return false;
  const { reads = [] } = state.replicas[number] ?? {};
  const isOpen = ({ clientId, readNumber, readAnswered }: Client) =>
    readNumber > readAnswered &&
    !reads.some(({ read }) => read.clientId === clientId && read.readNumber === readNumber);
  return (left.reads ?? 0) > 0 || state.clients.some(isOpen);
}

/** The steps that led to the node, without those that are taken as soon as they are allowed. */
function stepsTo(node: Node): readonly Step[] {
  const steps: Step[] = [];
  for (let at: Node | undefined = node; at?.step !== undefined; at = at.parent) steps.push(at.step);
  return steps.reverse();
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** What distinguishes a state from others, apart from the messages that were sent. */
function silentKeyOf({ state, promised, history, left }: Node, numbering: Numbering): string {
  const stored = ({ viewNumber, lastNormalView, log, generations }: Stored) =>
    `${viewNumber}.${lastNormalView}.${log === undefined ? '' : numbering.ofLog(log)}.${generations?.join('+')}`;
  const replicas = state.replicas.map(({ status, commitNumber, incarnation, disk, writes, ...memory }) => {
    const numbers = `${status}${stored(memory)}.${commitNumber}.${incarnation}`;
    return `${numbers}(${[disk, ...writes].map(stored).join()})`;
  });
  const clients = state.clients.map(({ requestNumber, answered }) => `${requestNumber}.${answered}`);
  const started = state.started.map((log) => (log === undefined ? '' : numbering.ofLog(log)));
  const { requests, timeouts, crashes, losses = 0, reads = 0, rounds = 0 } = left;
  const others = [requests, timeouts, crashes, losses, promised.executed.join(), numbering.ofLog(history)];
  const known = [replicas.join(), clients.join(), started.join(), others.join()];
  return [...known, ...(left.reads === undefined ? [] : [reads, rounds, readsKey(state, promised)])].join(
    ';',
  );
}

/** What is noted of reads, and which answers had been accepted before each submission, and by now. */
function readsKey({ replicas, clients }: State, { submitted, answersBefore, answers }: Promised): string {
  const noted = replicas.map(({ rounds, reads }) =>
    [
      rounds,
      ...reads.map((one) => `${one.read.clientId}.${one.viewNumber}.${one.commitNumber}.${one.rounds}`),
    ].join(),
  );
  const texts = answers.map(({ request, result }) => `${request.clientId}.${JSON.stringify(result)}`);
  const setOf = (some: readonly string[]) => [...new Set(some)].sort().join();
  const before = submitted.map(
    ({ clientId }, index) => `${clientId}:${setOf(texts.slice(0, answersBefore[index]))}`,
  );
  const asked = clients.map((one) => `${one.readNumber}.${one.readAnswered}`);
  return [noted.join('/'), asked.join(), before.sort().join('/'), setOf(texts)].join('|');
}
