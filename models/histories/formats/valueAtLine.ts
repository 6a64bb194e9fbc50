import type { Json } from '../../../impl/index.ts';

/** A value read from a text, and the line, from 1, on which it begins. */
export interface ValueAtLine {
  readonly line: number;
  readonly value: Json;
}
