export {
  type Client,
  type ClientInput,
  type ClientOutput,
  clientStep,
  createClient,
  forkClient,
  mayRequest,
} from './client/client.ts';
export type { Checkpoint } from './replica/checkpoint.ts';
export type { ClientTable, Executed } from './replica/clientTable.ts';
export {
  type Configuration,
  configure,
  type Limits,
  primaryOf,
  type StorageMode,
} from './replica/configuration.ts';
export type { Entry, Request } from './replica/entry.ts';
export { Log, LogSuffix } from './replica/log.ts';
export type * from './replica/messages.ts';
export { delays, type Output, type Timer } from './replica/outputs.ts';
export type { Stored } from './replica/recovery.ts';
export { entryRefusal, requestRefusal } from './replica/refusal.ts';
export { createReplica, fork, isPrimary, type Replica, type Status } from './replica/replica.ts';
export { type Input, step } from './replica/step.ts';
export { blankImage, type Image, readBack, type StorageRecord } from './replica/storage.ts';
export { type KeyValueOperation, keyValueService } from './service/keyValue.ts';
export { type Ledger, ledgerService } from './service/ledger.ts';
export { partsOf, stateOf } from './service/parts.ts';
export type { Applied, Predicted, Service } from './service/service.ts';
export { type Answer, answerTo, patched, pathsAfter, type Question, questionAt } from './tree/exchange.ts';
export type { Json } from './tree/json.ts';
export { Tree } from './tree/tree.ts';
