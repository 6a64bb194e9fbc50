import * as real from '../../impl/index.ts';

/**
 * The implementation under test: the exports of impl/, unchanged or with a mutant. All of models/ calls
 * impl/'s functions through this value, so that several implementations can run in one process.
 */
export type Implementation = typeof real;

/** The unchanged implementation. */
export const realImplementation: Implementation = real;
