import type fc from 'fast-check';
import type { Model } from '../../checking/model.ts';
import type { Event } from '../../world/event.ts';
import type { World } from '../../world/world.ts';
import type { Run } from './run.ts';

/** A fast-check command that drives a run of the implementation and lets the abstract model follow. */
export type RunCommand = fc.Command<Model, Run>;

/**
 * A command that chooses, by a drawn number, among the enabled events of one kind when it runs. If none is
 * enabled, it does nothing. It does not remember its choice: shrinking runs it again to learn it.
 */
export abstract class Choice implements RunCommand {
  // Commands are made by the million. A field that is declared and then set would be written twice.
  declare protected readonly number: number;

  /** `number` is drawn from 0 to 2³¹ − 1. */
  constructor(number: number) {
    this.number = number;
  }

  /** The event that this command chooses in this world, if one is enabled. */
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

/**
 * The first index that passes, from `number` modulo `count` on and wrapping around; undefined if none does.
 */
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

/** A second number derived from a drawn one, for a command that chooses twice. */
export function reroll(number: number): number {
  return (Math.imul(number ^ (number >>> 15), 0x2c1b3c6d) >>> 1) ^ (number >>> 7);
}
