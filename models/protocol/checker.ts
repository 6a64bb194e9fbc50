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

  /** The state before any step, with so many clients: c0, c1, … */
  beginning(group: Group, clients: number): Checked {
    const empty = Log.empty();
    const known = Array.from({ length: clients }, (_, index) => ({
      clientId: `c${index}`,
      requestNumber: 0,
      answered: 0,
    }));
    const state = beginning(group, new SentMessages(this.numbering), known, empty);
    return { state, promised: promisedAtFirst(this.service, group.size), history: empty };
  }

  /** What comes of a step that the rules allow, or the guarantee that it breaks. */
  after(before: Checked, step: Step): Checked | BrokenProperty {
    const state = next(this.rules, before.state, step);
    let { promised, history } = before;
    for (const observation of this.observer.of(step, state)) {
      const broken = this.brokenGuarantee(promised, observation);
      if (broken !== undefined) return broken;
      promised = observe(promised, observation);
      if (observation.kind !== 'executed' || observation.position !== history.length + 1) continue;
      history = state.replicas[observation.copy]?.log.first(observation.position) ?? history;
    }
    const kept = { kind: 'kept', positions: surviving(state, history) } as const;
    return this.brokenGuarantee(promised, kept) ?? { state, promised, history };
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

/** The messages that were sent, as a checker keeps them. */
export function sentIn({ sent }: State): SentMessages {
  if (!(sent instanceof SentMessages)) throw new Error('The messages are not those of a checker.');
  return sent;
}
