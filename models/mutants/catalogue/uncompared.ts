import type { Edit } from '../mutant.ts';

const file = 'replica/handlers/normal.ts';

/**
 * The primary does not compare the logs of acknowledgements with its own. Mutants that acknowledge what they do not hold need
 * it: they know no checksum of it, and the primary would refuse to count them.
 */
export const acknowledgementsUncompared: Edit = {
  file,
  find: 'if (joinLogs(context, replica.log, opNumber, message.suffix, replicaNumber) === undefined) {',
  replace: 'if (opNumber < 0) {',
};

/** The file names `Log` and `noEnd`, of which `endOfUnheld` is made. */
export const logNamed: Edit = {
  file,
  find: "import type { LogSuffix } from '../data/log.ts';",
  replace: "import { Log, type LogSuffix, noEnd } from '../data/log.ts';",
};

/** The empty part of a log that ends at `opNumber`, of which nothing is known. */
export const endOfUnheld = 'suffix: Log.after(opNumber, noEnd).suffix(opNumber)';
