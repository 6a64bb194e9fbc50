import { bitOfNoKind, bitsOfKinds, type OutputKind } from '../world/outputKinds.ts';
import type { Machine } from '../world/world.ts';

/** The steps of which an invariant or a coverage mark can say anything, so that the others need not ask it: all by default. */
export interface StepFilter {
  /** Only steps with an output of one of these kinds. */
  readonly outputs?: readonly OutputKind[];
  /** Only steps that change the replica's status. */
  readonly changes?: 'status';
}

/** What filters ask of a step, as bits: the kinds of its outputs, and whether it changes the replica's status. */
export function bitsOfStep(kinds: number, old: Machine | undefined, now: Machine | undefined): number {
  return old?.replica?.status === now?.replica?.status ? kinds : kinds | bitOfNoKind;
}

/** Whether a step with these bits passes the filter. */
export function passes({ outputs, changes }: StepFilter, bits: number): boolean {
  return (
    (outputs === undefined || (bits & bitsOfKinds(outputs)) !== 0) &&
    (changes === undefined || (bits & bitOfNoKind) !== 0)
  );
}
