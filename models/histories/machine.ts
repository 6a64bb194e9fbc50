import type { Asked, Model, Nature } from './model.ts';
import { textOf } from './text.ts';

/** What a step yields where the operation cannot have returned what it did. */
export const impossible = -1;

/** A model in whole numbers: states that are the same have one number, and so have operations that say the same. */
export class Machine<State> {
  /** The number of the state in which everything begins. */
  readonly initial: number;
  private readonly model: Model<State>;
  private readonly states: State[] = [];
  private readonly stateNumbers = new Map<string, number>();
  private readonly asked: Asked[] = [];
  private readonly askedNumbers = new Map<string, number>();
  private readonly natures: Nature<number>[] = [];
  private readonly known: Map<number, number>[] = [];

  constructor(model: Model<State>) {
    this.model = model;
    this.initial = this.numberOf(model.initial);
  }

  /** The number of an operation that asks this. */
  operation({ f, argument, result }: Asked): number {
    const name = textOf(result === undefined ? [f, argument] : [f, argument, result]);
    const number = this.askedNumbers.get(name) ?? this.asked.length;
    if (number === this.asked.length) {
      this.askedNumbers.set(name, number);
      this.asked.push({ f, argument, result });
      this.known.push(new Map());
      this.natures.push(this.numbered(this.model.nature({ f, argument, result })));
    }
    return number;
  }

  /** The number of the state after the operation, or `impossible`. It is remembered. */
  next(state: number, operation: number): number {
    const known = this.known[operation]?.get(state);
    if (known !== undefined) return known;
    const next = this.step(state, operation);
    this.known[operation]?.set(state, next);
    return next;
  }

  /** What is known of the operation whatever the state. */
  nature(operation: number): Nature<number> {
    return this.natures[operation] ?? { kind: 'other' };
  }

  /** The state after the operation, if that is not worth remembering. */
  step(state: number, operation: number): number {
    const asked = this.asked[operation];
    if (asked === undefined) throw new Error(`There is no operation ${operation}.`);
    const next = this.model.apply(this.stateOf(state), asked);
    return next === undefined ? impossible : this.numberOf(next);
  }

  /** How the model calls the state. */
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
