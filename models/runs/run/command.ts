import type fc from 'fast-check';
import type { Model } from '../../checking/model.ts';
import type { Event } from '../../world/event.ts';
import type { World } from '../../world/world.ts';
import type { Run } from './run.ts';

/** A command as fast-check runs it: against the abstract model, on a run of the real implementation. */
export type RunCommand = fc.Command<Model, Run>;

/**
 * A command that chooses, by a drawn number, among the events of one kind that can happen when its turn comes.
 * Where none can, it does nothing. It keeps no trace of what it chose: shrinking runs it again to find out.
 */
export abstract class Choice implements RunCommand {
  protected readonly number: number;

  /** `number` is drawn from 0 to 2³¹ − 1. */
  constructor(number: number) {
    this.number = number;
  }

  /** The event that this command stands for in this world, if there is one. */
  abstract choose(world: World): Event | undefined;

  check(): boolean {
    return true;
  }

  run(model: Model, run: Run): void {
    const event = this.choose(run.world);
    if (event !== undefined) run.take(model, event);
  }

  abstract toString(): string;
}

/** The first of `count` candidates from a drawn one on, going round, that passes; undefined if none does. */
export function roundRobin(
  number: number,
  count: number,
  passes: (index: number) => boolean,
): number | undefined {
  for (let tried = 0; tried < count; tried++) {
    const index = (number + tried) % count;
    if (passes(index)) return index;
  }
  return undefined;
}

/** Another drawn number, made from one: where a command has to choose twice. */
export function reroll(number: number): number {
  return (Math.imul(number ^ (number >>> 15), 0x2c1b3c6d) >>> 1) ^ (number >>> 7);
}
