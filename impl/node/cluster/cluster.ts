import xxhash from 'xxhash-wasm';
import {
  type Configuration,
  configure,
  type Limits,
  type StorageMode,
} from '../../replica/data/configuration.ts';
import type { Service } from '../../service/service.ts';
import { type Codec, jsonCodec } from '../encoding/codec.ts';
import type { Address } from './address.ts';
import type { TlsCredentials } from './tlsCredentials.ts';

const { h64ToString } = await xxhash();

/** How much memory one connection may take, in bytes. */
export interface ConnectionLimits {
  /** The most that the contents of one frame may have. */
  readonly frame: number;
  /** The most that may wait to be sent. */
  readonly queue: number;
}

/** A group as all of its members and clients are told about it. */
export interface Cluster {
  /** Of all replicas, by number. */
  readonly addresses: readonly Address[];
  readonly mode: StorageMode;
  readonly limits: Limits;
  /** Milliseconds in one tick, a few times a message's usual round trip: a silent primary is given up after 6. */
  readonly tick: number;
  readonly connectionLimits: ConnectionLimits;
  readonly codec: Codec;
  readonly tls: TlsCredentials | undefined;
}

/** What need not be said about a cluster: `mode` durable, `tick` 50, frames of 1 MiB, queues of 64 MiB, JSON, no TLS. */
export function clusterOf(
  addresses: readonly Address[],
  given: Partial<Omit<Cluster, 'addresses'>> = {},
): Cluster {
  return {
    addresses,
    mode: given.mode ?? 'durable',
    limits: given.limits ?? {},
    tick: given.tick ?? 50,
    connectionLimits: given.connectionLimits ?? { frame: 1024 * 1024, queue: 64 * 1024 * 1024 },
    codec: given.codec ?? jsonCodec,
    tls: given.tls,
  };
}

/** The configuration of the replicas of this cluster. Throws a RangeError or TypeError if there is none such. */
export function configurationOf({ addresses, mode, limits }: Cluster, service: Service): Configuration {
  return configure(addresses.length, mode, service, limits);
}

/**
 * A name for all that members and clients must agree on, 16 hexadecimal digits: who differs is told so at once. Addresses may
 * be written in different ways by different members.
 */
export function groupOf({ size, room, checkpointEvery, pipeline, sessions, window }: Configuration): string {
  return h64ToString(JSON.stringify([size, room, checkpointEvery, pipeline, sessions, window]));
}
