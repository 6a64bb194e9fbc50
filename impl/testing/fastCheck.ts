import type { Arbitrary } from 'fast-check';
import { SetupError } from '../node/cluster/setupError.ts';
import type { Drawing } from './serviceCheck.ts';

/** What to do where fast-check is not installed. */
export const fastCheckMissing = 'Run npm install --save-dev fast-check.';

/** The library that draws. Throws a SetupError if it is not installed. */
export async function loadFastCheck(): Promise<Drawing> {
  try {
    const { default: fc } = await import('fast-check');
    return fc;
  } catch (cause) {
    throw new SetupError(
      `The check draws operations with fast-check, which cannot be loaded. ${fastCheckMissing}`,
      {
        cause,
      },
    );
  }
}

/** Whether a value draws values. It may be of another copy of the library. */
export function isArbitrary(value: unknown): value is Arbitrary<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'generate' in value &&
    typeof value.generate === 'function' &&
    'shrink' in value
  );
}
