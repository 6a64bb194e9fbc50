import { unkeptState } from './kept.ts';
import type { Service } from './service.ts';

/** Why no group can replicate this service, in a sentence; undefined if one can. */
export function definitionProblem(service: Service): string | undefined {
  if ((service.snapshot === undefined) !== (service.restore === undefined))
    return 'A service has both snapshot and restore, or neither.';
  const problem = unkeptState(service, service.initial, 'initial');
  return problem && `No checkpoint can keep the initial state of this service: ${problem}.`;
}
