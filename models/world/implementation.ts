import * as real from '../../impl/index.ts';

/**
 * What is on run: the exports of impl/, as they stand or with a rule removed. Everything in models/ reaches the
 * implementation's functions through this value, so that several of them can be tried in one process.
 */
export type Implementation = typeof real;

/** The implementation as it stands on disk. */
export const realImplementation: Implementation = real;
