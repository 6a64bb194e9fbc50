import { clientMutants } from './clients.ts';
import { connectionMutants } from './connections.ts';
import { foundMutants } from './found.ts';
import { mistakeMutants } from './mistakes.ts';
import { serverMutants } from './servers.ts';
import type { ShellMutant } from './shellMutant.ts';

/** The mutants of the shell. */
export const shellMutants: readonly ShellMutant[] = [
  ...foundMutants,
  ...connectionMutants,
  ...clientMutants,
  ...serverMutants,
  ...mistakeMutants,
];
