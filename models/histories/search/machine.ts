import { textOf } from '../events/json.ts';
import type { Nature, OperationContent, SequentialModel } from '../sequential/model.ts';

/** Returned by a step if the operation cannot have its result in this state. */
export const impossible = -1;

/** A model in whole numbers: equal states share a number, and so do equal operations. */
export class SequentialMachine<State> {
  /** The number of the initial state. */
  readonly initial: number;
  private readonly model: SequentialModel<State>;
  private readonly states: State[] = [];
  private readonly stateNumbers = new Map<string, number>();
  private readonly operations: OperationContent[] = [];
  private readonly operationNumbers = new Map<string, number>();
  private readonly natures: Nature<number>[] = [];
  private readonly known: Map<number, number>[] = [];

  constructor(model: SequentialModel<State>) {
    this.model = model;
    this.initial = this.numberOf(model.initial);
  }

  /** The number of an operation with this content. */
  operation({ f, argument, result }: OperationContent): number {
    const name = textOf(result === undefined ? [f, argument] : [f, argument, result]);
    const number = this.operationNumbers.get(name) ?? this.operations.length;
    if (number === this.operations.length) {
      this.operationNumbers.set(name, number);
      this.operations.push({ f, argument, result });
      this.known.push(new Map());
      this.natures.push(this.numbered(this.model.nature({ f, argument, result })));
    }
    return number;
  }

  /** The number of the state after the operation, or `impossible`. The result is cached. */
  next(state: number, operation: number): number {
    const known = this.known[operation]?.get(state);
    if (known !== undefined) return known;
    const next = this.step(state, operation);
    this.known[operation]?.set(state, next);
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
