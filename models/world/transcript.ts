import type { Service } from '../../impl/index.ts';

/**
 * The ledger's twin for exhaustive search: its state, and with it every answer, is the plain text of all operations so
 * far in their order. Where operations are renamed, so are the answers; a digest would have to be computed anew.
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
