import { readingMutants } from './reading.ts';
import type { StorageMutant } from './storageMutant.ts';
import { writingMutants } from './writing.ts';

/** All mutants of the storage. */
export const storageMutants: readonly StorageMutant[] = [...writingMutants, ...readingMutants];
