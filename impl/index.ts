/**
 * The replica and the client as deterministic steps, and the services that they replicate. Nothing here does I/O: it runs
 * wherever JavaScript does.
 *
 * @packageDocumentation
 */
export {
  type Client,
  type ClientInput,
  type ClientOutput,
  clientStep,
  createClient,
  forkClient,
  mayEnd,
  mayRequest,
} from './client/client.ts';
export type { Checkpoint, Comparison, Halt } from './replica/data/checkpoint.ts';
export type { ClientRecord, ClientTable } from './replica/data/clientTable.ts';
export {
  type Configuration,
  type ConfigurationOptions,
  configure,
  primaryOf,
  type StorageMode,
} from './replica/data/configuration.ts';
export { type Entry, endsSession, type Request } from './replica/data/entry.ts';
export { assertInvariants, brokenInvariant } from './replica/data/invariants.ts';
export type { Limits } from './replica/data/limits.ts';
export { Log, type LogEnd, LogSuffix, noEnd } from './replica/data/log.ts';
export { foundedAtOnce, generationOf, isMember, type Membership } from './replica/data/membership.ts';
export type * from './replica/data/messages.ts';
export { delays, type Output, type Timer } from './replica/data/outputs.ts';
export {
  type AlarmReason,
  type DropReason,
  describeReason,
  type HaltReason,
  type RejectReason,
  reasonTexts,
} from './replica/data/reasons.ts';
export {
  type CheckpointTransfer,
  copyWith,
  createReplica,
  fork,
  type HeldMessage,
  isPrimary,
  isQuorumWith,
  type LogTransfer,
  type RecoveryProgress,
  type Replica,
  type StateAnswered,
  type Status,
  stateAnswered,
} from './replica/data/replica.ts';
export type { ReplicaSet } from './replica/data/replicaSet.ts';
export { blankImage, type Image, readBack, type StorageRecord, type Stored } from './replica/data/storage.ts';
export { type Input, step } from './replica/step.ts';
export { validateEntry, validateRequest } from './replica/validation/entry.ts';
export {
  type DefinitionByFunction,
  type DefinitionBySchema,
  defineService,
} from './service/defineService.ts';
export { type KeyValueOperation, keyValueService } from './service/keyValue.ts';
export { type Ledger, ledgerService } from './service/ledger.ts';
export { partsOf, stateOf } from './service/parts.ts';
export type { InputOf, OutputOf, Schema, SchemaIssue, Validated } from './service/schema.ts';
export type { Applied, Change, Predicted, Requested, Service } from './service/service.ts';
export {
  answerTo,
  type Difference,
  type LeafPiece,
  patched,
  pathsAfter,
  questionAt,
  type Room,
  type TreeAnswer,
  type TreeQuestion,
} from './tree/exchange.ts';
export type { Json } from './tree/json.ts';
export type { TreeEntry } from './tree/node.ts';
export { Tree } from './tree/tree.ts';
