/**
 * Servers and clients over TCP: `serve` runs a replica, `ClusterClient` makes requests. Beside them: storage, encodings,
 * traces and telemetry.
 *
 * @packageDocumentation
 */
export { ClientSession, type ClientSessionOptions } from './client/clientSession.ts';
export type { WatchOptions } from './client/clientWatches.ts';
export { type ClientOptions, ClusterClient } from './client/clusterClient.ts';
export { clusterStatus, type ReplicaReport, type SilentReplica } from './client/clusterStatus.ts';
export {
  ExecutionFailedError,
  MaybeExecutedError,
  type MaybeExecutedReason,
  NotExecutedError,
  type NotExecutedReason,
  RequestError,
  type RequestFailure,
  WatchError,
  type WatchErrorReason,
} from './client/errors.ts';
export { type GroupHealth, healthOf } from './client/groupHealth.ts';
export type { RequestOptions } from './client/pendingRequest.ts';
export type { Access, AccessRole, RefusedBecause } from './cluster/access.ts';
export type { Address } from './cluster/address.ts';
export {
  type Cluster,
  type ConnectionLimits,
  clusterOf,
  configurationOf,
} from './cluster/cluster.ts';
export { readCluster } from './cluster/clusterFile.ts';
export { formerGroupOf, groupOf, type Settings, settingsOf } from './cluster/settings.ts';
export { SetupError } from './cluster/setupError.ts';
export type { TlsCredentials } from './cluster/tlsCredentials.ts';
export { ContractError, checked } from './development/checked.ts';
export type { TransportObserver } from './driver/transport.ts';
export { binaryCodec, type Codec, jsonCodec } from './encoding/codec.ts';
export type { Outage, OutageCode } from './outage/outage.ts';
export type { LastingOutage } from './outage/outageWatch.ts';
export { type ServedReplica, type ServeObserver, type ServeOptions, serve } from './serve.ts';
export { OutdatedError, Server, type ServerObserver, type ServerOptions, type Standing } from './server.ts';
export type { DirectoryOwner } from './storage/durable/superblock.ts';
export { MemoryDisk } from './storage/memoryDisk.ts';
export { openDurable } from './storage/openDurable.ts';
export { type StableStorage, StorageError, type StorageProblem } from './storage/stableStorage.ts';
export type { KnownStarts, PeerStart } from './storage/starts.ts';
export type { Denial } from './tcp/admission.ts';
export type { StatusReport } from './tcp/handshake.ts';
export { type Listeners, listen } from './telemetry/channels.ts';
export { type MetricsEndpoint, openMetricsEndpoint } from './telemetry/metricsEndpoint.ts';
export { type Instruments, instrument } from './telemetry/openTelemetry.ts';
export type { EventContext, EventDetails, EventMap, EventType } from './telemetry/telemetryEvents.ts';
export { TraceFile } from './trace/traceFile.ts';
export type { TracedEvent, TracedLog, TracedMessage, TracedStatus, TraceLine } from './trace/traceLine.ts';
export { Tracer } from './trace/tracer.ts';
export type { WatchEvent } from './watch/watchMessages.ts';
