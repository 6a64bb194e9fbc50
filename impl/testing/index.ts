/**
 * For tests of a service, and of programs that use one: the check of a service, a simulated group in virtual time, and a whole
 * group in one process. The check needs fast-check.
 *
 * @packageDocumentation
 */
export {
  ExecutionFailedError,
  MaybeExecutedError,
  type MaybeExecutedReason,
  NotExecutedError,
  type NotExecutedReason,
  RequestError,
  type RequestFailure,
} from '../node/client/errors.ts';
export type { RequestOptions } from '../node/client/pendingRequest.ts';
export { SetupError } from '../node/cluster/setupError.ts';
export { ContractError, checked } from '../node/development/checked.ts';
export { LocalGroup, type LocalObserver } from '../node/localGroup.ts';
export { checkService } from './checkService.ts';
export { type SequentialModel, type ServiceCheck, ServiceCheckError } from './serviceCheck.ts';
export {
  SimulatedGroup,
  type SimulatedRequestOptions,
  type SimulationOptions,
  simulatedGroup,
} from './simulatedGroup.ts';
