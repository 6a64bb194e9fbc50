import { textOf } from '../events/json.ts';
import type { Nature, OperationContent, SequentialModel } from '../sequential/model.ts';

/** Returned by a step if the operation cannot have its result in this state. */
export const impossible = -1;

/** The semantics of operations, by their numbers. State 0 is the initial state. */
export interface OperationSemantics {
  /** The state after the operation, or `impossible`. */
  next(state: number, operation: number): number;
  /** What the operation does in every state. */
  nature(operation: number): Nature<number>;
}

/** The most results that are cached. With more the cache begins anew. */
const maxKnown = 1_000_000;

/** A model in whole numbers: equal states share a number, and so do equal operations. */
export class SequentialMachine<State> implements OperationSemantics {
  /** The number of the initial state. */
  readonly initial: number;
  private readonly model: SequentialModel<State>;
  private readonly states: State[] = [];
  private readonly stateNumbers = new Map<string, number>();
  private readonly operations: OperationContent[] = [];
  private readonly operationNumbers = new Map<string, number>();
  private readonly natures: Nature<number>[] = [];
  /** The results of operations, by their numbers; of each, by the state before it. */
  private known: (Map<number, number> | undefined)[] = [];
  private knownResults = 0;

  constructor(model: SequentialModel<State>) {
    this.model = model;
    this.initial = this.numberOf(model.initial);
  }

  /** Whether all states that operations reach when they are repeated can be listed. */
  get isBounded(): boolean {
    return this.model.isUnbounded !== true;
  }

  /** The number of an operation with this content. */
  operation({ f, argument, result }: OperationContent): number {
    const name = textOf(result === undefined ? [f, argument] : [f, argument, result]);
    const number = this.operationNumbers.get(name) ?? this.operations.length;
    if (number === this.operations.length) {
      this.operationNumbers.set(name, number);
      this.operations.push({ f, argument, result });
      this.natures.push(this.numbered(this.model.nature({ f, argument, result })));
    }
    return number;
  }

  /**
   * The number of the state after the operation, or `impossible`. The result is cached, once for an operation whose nature says
   * where it is possible: a long history has too many pairs of a state and an operation.
   */
  next(state: number, operation: number): number {
    const nature = this.nature(operation);
    if (nature.kind !== 'overwrite' && nature.only !== undefined && nature.only !== state) return impossible;
    const place = nature.kind === 'overwrite' ? this.initial : state;
    const known = this.known[operation]?.get(place);
    if (known !== undefined) return known;
    if (++this.knownResults > maxKnown) {
      this.known = [];
      this.knownResults = 1;
    }
    const next = this.step(place, operation);
    const results = this.known[operation] ?? new Map<number, number>();
    this.known[operation] = results.set(place, next);
    return next;
  }

  /** What the operation does in every state. */
  nature(operation: number): Nature<number> {
    return this.natures[operation] ?? { kind: 'other' };
  }

  /** The number of the state after the operation, or `impossible`, without caching. */
  step(state: number, operation: number): number {
    const content = this.operations[operation];
    if (content === undefined) throw new Error(`There is no operation ${operation}.`);
    const next = this.model.apply(this.stateOf(state), content);
    return next === undefined ? impossible : this.numberOf(next);
  }

  /** The model's name of the state. */
  nameOf(state: number): string {
    return this.model.nameOf(this.stateOf(state));
  }

  private stateOf(number: number): State {
    const state = this.states[number];
    if (state === undefined) throw new Error(`There is no state ${number}.`);
    return state;
  }

  private numbered(nature: Nature<State>): Nature<number> {
    if (nature.kind === 'overwrite') return nature;
    const { kind, only } = nature;
    return only === undefined ? { kind } : { kind, only: this.numberOf(only) };
  }

  private numberOf(state: State): number {
    const name = this.model.nameOf(state);
    const number = this.stateNumbers.get(name) ?? this.states.length;
    if (number === this.states.length) {
      this.stateNumbers.set(name, number);
      this.states.push(state);
    }
    return number;
  }
}
