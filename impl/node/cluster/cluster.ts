import {
  type Configuration,
  type ConfigurationOptions,
  configure,
  defaultClockBound,
  defaultFrameBytes,
  type StorageMode,
} from '../../replica/data/configuration.ts';
import { delays } from '../../replica/data/outputs.ts';
import type { Service } from '../../service/service.ts';
import { type Codec, jsonCodec } from '../encoding/codec.ts';
import type { Access } from './access.ts';
import type { Address } from './address.ts';
import { clusterProblem } from './clusterShape.ts';
import type { TlsCredentials } from './tlsCredentials.ts';

/** How much memory one connection may take, in bytes. */
export interface ConnectionLimits {
  /** The longest contents of one frame. */
  readonly frame: number;
  /** The most that may wait to be sent. */
  readonly queue: number;
}

/** The settings that all members and clients of a group share. */
export interface Cluster {
  /** Of all replicas, by number. */
  readonly addresses: readonly Address[];
  /** What survives a crash. */
  readonly mode: StorageMode;
  /** The settings of the protocol; those that are left out have defaults: see `configure`. */
  readonly limits: ConfigurationOptions;
  /** Milliseconds in one tick: a few times a message's round trip. A silent primary is suspected after 6 ticks. */
  readonly tick: number;
  /** How much memory one connection may take. Frames must be equally long for all. */
  readonly connectionLimits: ConnectionLimits;
  /** How messages are encoded: the same for all. */
  readonly codec: Codec;
  /** The credentials of this member. Undefined: without TLS, any process that reaches the ports can take part. */
  readonly tls: TlsCredentials | undefined;
  /** Which clients may do what. Only with `tls` do clients have names. */
  readonly access: Access;
}

/** Milliseconds. */
export const usualTick = 50;
/** Bytes before a frame's contents. */
export const headerBytes = 9;
/** The default of `connectionLimits`: frames of 1 MiB, queues of 64 MiB. */
export const usualLimits: ConnectionLimits = { frame: defaultFrameBytes, queue: 64 * 1024 * 1024 };

/** A cluster with defaults: `mode` durable, `tick` 50, frames of 1 MiB, queues of 64 MiB, JSON, no TLS, no client restricted. */
export function clusterOf(
  addresses: readonly Address[],
  given: Partial<Omit<Cluster, 'addresses'>> = {},
): Cluster {
  return {
    addresses,
    mode: given.mode ?? 'durable',
    limits: given.limits ?? {},
    tick: given.tick ?? usualTick,
    connectionLimits: given.connectionLimits ?? usualLimits,
    codec: given.codec ?? jsonCodec,
    tls: given.tls,
    access: given.access ?? {},
  };
}

/** The configuration of this cluster's replicas. Throws a RangeError or TypeError that says why if it is impossible. */
export function configurationOf(cluster: Cluster, service: Service): Configuration {
  const misshapen = clusterProblem(cluster);
  if (misshapen !== undefined) throw new TypeError(`This is no cluster: ${misshapen}.`);
  const { addresses, mode, limits, tick, connectionLimits } = cluster;
  const problem = clockBoundProblem(limits.clockBound, tick);
  if (problem !== undefined) throw new RangeError(`clockBound: ${problem}.`);
  const queue = queueProblem(connectionLimits);
  if (queue !== undefined) throw new RangeError(`connectionLimits: ${queue}.`);
  const clockBound = limits.clockBound ?? Math.max(defaultClockBound, reportTicks * tick);
  return configure(addresses.length, mode, service, {
    ...limits,
    frameBytes: connectionLimits.frame,
    clockBound,
  });
}

/** Why a queue may not be so short, in part of a sentence; undefined if it may. */
export function queueProblem({ frame, queue }: ConnectionLimits): string | undefined {
  const needed = frame + headerBytes;
  return queue >= needed
    ? undefined
    : `a queue of ${queue} bytes takes no frame of ${frame} and its header of ${headerBytes}, ${needed} together: ` +
        `allow queues of ${needed} bytes or more, or smaller frames`;
}

/** A report of a clock is forgotten before it is so many ticks old: two failure timeouts. */
const reportTicks = 2 * delays.suspect;

/** Why clocks may not differ by so many milliseconds, in part of a sentence; undefined if they may. */
export function clockBoundProblem(clockBound: number | undefined, tick = usualTick): string | undefined {
  const oldest = reportTicks * tick;
  if (clockBound === undefined || clockBound >= oldest) return undefined;
  return (
    `${clockBound} ms is less than ${reportTicks} ticks of ${tick} ms, ${oldest} ms together, which is how old a report of ` +
    `a clock may be: write ${oldest} or more`
  );
}
