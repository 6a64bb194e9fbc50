export { ContractError, checked } from '../node/development/checked.ts';
export { checkService } from './checkService.ts';
export { type SequentialModel, type ServiceCheck, ServiceCheckError } from './serviceCheck.ts';
export { SimulatedGroup, type SimulationOptions, simulatedGroup } from './simulatedGroup.ts';
