import type { Service } from '../../impl/index.ts';

/**
 * A ledger for exhaustive search whose digest is the plain text of all operations so far, in order. Renaming
 * operations then renames states and answers, which a hashed digest would not allow.
 */
export const transcriptService: Service<string> = {
  initial: '',
  validate: (operation) => (typeof operation === 'string' ? undefined : 'an operation must be a string'),
  apply: (transcript, operation, { time, random }) => {
    const line = `${operation}@${time}.${random}`;
    const digest = transcript === '' ? line : `${transcript} ${line}`;
    return { state: digest, result: { position: digest.split(' ').length, digest } };
  },
};
