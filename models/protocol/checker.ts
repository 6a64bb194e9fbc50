import {
  guarantees as allGuarantees,
  type Guarantee,
  type Observation,
  observe,
  type Promised,
  beginning as promisedAtFirst,
  type Service,
} from '../../spec/promise/index.ts';
import {
  beginning,
  type Group,
  Log,
  next,
  type Protocol,
  type Request,
  type Sent,
  type State,
  type Step,
} from '../../spec/protocol/index.ts';
import { factsOf, type ProtocolInvariant, protocolInvariants } from './invariants/index.ts';
import { Observer, surviving } from './observed.ts';
import { Numbering, SentMessages } from './sentMessages.ts';

/** A state of the protocol, with what was promised by then. */
export interface Checked {
  readonly state: State;
  readonly promised: Promised;
  /** All entries that were ever executed. */
  readonly history: Log;
}

/** A property that does not hold. */
export interface BrokenProperty {
  readonly property: string;
  readonly seen: string;
}

/** What is demanded of every step and state of the protocol: everything, unless it is less. */
export interface Demands {
  readonly guarantees?: readonly Guarantee[];
  readonly invariants?: readonly ProtocolInvariant[];
}

/** Takes steps of the protocol, and checks them. */
export class Checker {
  readonly numbering = new Numbering();
  private readonly rules: Protocol;
  private readonly service: Service;
  private readonly observer: Observer;
  private readonly guarantees: readonly Guarantee[];
  private readonly invariants: readonly ProtocolInvariant[];

  constructor(
    rules: Protocol,
    service: Service,
    { guarantees = allGuarantees, invariants = protocolInvariants }: Demands,
  ) {
    this.rules = rules;
    this.service = service;
    this.observer = new Observer(service);
    this.guarantees = guarantees;
    this.invariants = invariants;
  }

  /**
   * The state before any step, with so many clients: c0, c1, … Other clients, which the specification does not describe, have sent
   * these requests.
   */
  beginning(group: Group, clients: number, requests: readonly Request[] = []): Checked {
    const empty = Log.empty();
    const known = Array.from({ length: clients }, (_, index) => ({
      clientId: `c${index}`,
      requestNumber: 0,
      answered: 0,
      readNumber: 0,
      readAnswered: 0,
    }));
    let sent: Sent = new SentMessages(this.numbering);
    let promised = promisedAtFirst(this.service, group.size);
    for (const request of requests) {
      sent = sent.with(request);
      promised = observe(promised, { kind: 'submitted', request });
    }
    return { state: beginning(group, sent, known, empty), promised, history: empty };
  }

  /** What comes of a step that the rules allow, or the guarantee that it breaks. */
  after(before: Checked, step: Step): Checked | BrokenProperty {
    const state = next(this.rules, before.state, step);
    let { promised } = before;
    for (const observation of this.observer.of(step, state)) {
      const broken = this.brokenGuarantee(promised, observation);
      if (broken !== undefined) return broken;
      promised = observe(promised, observation);
    }
    const history = extended(before.history, step, state);
    const positions = this.observer.positionOf(surviving(state, history), state.group);
    return this.brokenGuarantee(promised, { kind: 'kept', positions }) ?? { state, promised, history };
  }

  /** The first invariant that the state breaks. */
  brokenInvariant({ state, history }: Checked): BrokenProperty | undefined {
    const facts = factsOf(state, sentIn(state).messages, history);
    for (const invariant of this.invariants) {
      const seen = invariant.seen(facts);
      if (seen !== undefined) return { property: invariant.name, seen };
    }
    return undefined;
  }

  private brokenGuarantee(promised: Promised, observation: Observation): BrokenProperty | undefined {
    for (const guarantee of this.guarantees) {
      const seen = guarantee.check(promised, observation);
      if (seen !== undefined) return { property: guarantee.name, seen };
    }
    return undefined;
  }
}

/** All entries that were ever executed, after a step that led to this state. */
function extended(history: Log, step: Step, { replicas }: State): Log {
  if (step.action !== 'execute') return history;
  const { log, commitNumber } = replicas[step.replica] ?? {};
  return (commitNumber === history.length + 1 ? log?.first(commitNumber) : undefined) ?? history;
}

/** The messages that were sent, as a checker keeps them. */
export function sentIn({ sent }: State): SentMessages {
  if (!(sent instanceof SentMessages)) throw new Error('The messages are not those of a checker.');
  return sent;
}
