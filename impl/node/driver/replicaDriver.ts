import type { Configuration } from '../../replica/data/configuration.ts';
import { assertInvariants } from '../../replica/data/invariants.ts';
import { isMember } from '../../replica/data/membership.ts';
import type { Message } from '../../replica/data/messages.ts';
import { delays, type Output, type Timer } from '../../replica/data/outputs.ts';
import { describeReason } from '../../replica/data/reasons.ts';
import { createReplica, type Replica } from '../../replica/data/replica.ts';
import { blankImage, readBack, type StorageRecord } from '../../replica/data/storage.ts';
import { type Input, step } from '../../replica/step.ts';
import { nodePlatform, type Platform } from '../platform/platform.ts';
import type { StableStorage } from '../storage/stableStorage.ts';
import { instrumentService, Telemetry } from '../telemetry/telemetry.ts';
import { Timers } from './timers.ts';
import type { Transport } from './transport.ts';

/** Everything that a replica needs from the outside. */
export interface ReplicaEnvironment {
  readonly configuration: Configuration;
  readonly replicaNumber: number;
  readonly storage: StableStorage;
  readonly transport: Pick<Transport, 'send' | 'reply'>;
  /** Milliseconds in one tick of the replica's timers. */
  readonly tick: number;
  /** By default that of this process. */
  readonly platform?: Pick<Platform, 'clock' | 'random'>;
  /** Called after each step, before its outputs take effect. */
  readonly onStep: (replica: Replica, input: Input, outputs: readonly Output[]) => void;
  /** A write failed or a step threw: the replica takes no more input. */
  readonly onFailure: (error: Error) => void;
}

/**
 * Runs one replica: feeds it inputs one at a time, and carries out its outputs. Writes of one turn of the event loop, or
 * issued while an earlier write is under way, become durable together (group commit).
 */
export class ReplicaDriver {
  readonly replica: Replica;
  readonly telemetry: Telemetry;
  private readonly environment: ReplicaEnvironment;
  private readonly platform: Pick<Platform, 'clock' | 'random'>;
  private readonly timers: Timers;
  private records: StorageRecord[] = [];
  private issued = 0;
  private isWriting = false;
  private hasStarted = false;
  private isStopped = false;
  /** Why the replica has stopped for good. */
  private halted: Error | undefined;

  constructor(environment: ReplicaEnvironment) {
    const { configuration, replicaNumber, tick, platform = nodePlatform } = environment;
    this.environment = environment;
    this.platform = platform;
    const service = instrumentService(configuration.service, (...execution) =>
      this.telemetry.executing(...execution),
    );
    this.replica = createReplica({ ...configuration, service }, replicaNumber);
    this.telemetry = new Telemetry(this.replica, tick, platform);
    // A heartbeat waits for no message: it tells the others that this replica runs.
    this.timers = new Timers<Timer>(
      (timer) => this.take({ type: 'timer', timer }),
      ['heartbeat'],
      platform.clock,
    );
  }

  /**
   * Starts the replica with the contents of its storage. If they do not say that it takes part in its group, it founds the
   * group with the others, or recovers from them (VRR §4.3).
   */
  start(): void {
    const {
      stored = { image: blankImage, records: [] },
      incarnation,
      name,
      findings,
    } = this.environment.storage;
    const isKnown = isMember(readBack(stored.image, stored.records).membership);
    this.environment.storage.onFailure = (failure) => this.fail(failure);
    this.telemetry.started(isKnown ? 'resume' : 'join', incarnation, findings);
    this.take({ type: 'restart', stored, incarnation, name });
  }

  /** Starts the replica together with all others of its group, whose storage says that they take part in it. */
  startAtOnce(): void {
    this.telemetry.started('join', this.environment.storage.incarnation, this.environment.storage.findings);
    this.take({ type: 'start' });
  }

  /** Handles a message. Yields why no correct sender can have sent it, or undefined. */
  receive(message: Message): string | undefined {
    // What comes before the first input is lost, as before the process began.
    if (!this.hasStarted) return undefined;
    const { clock, random } = this.platform;
    const reading = { time: clock.time(), random: random.integer(2 ** 32) };
    const [only] = this.take({ type: 'message', message, reading });
    return only?.type === 'rejected' ? describeReason(only.reason) : undefined;
  }

  /**
   * Another replica can be reached again, or has connected anew, so that its answers may be lost with its earlier connection: what waits for
   * an answer is sent again soon. Otherwise it would be after a delay that has grown while no one could be reached.
   */
  reached(): void {
    this.timers.hasten('resend', delays.resend * this.environment.tick);
  }

  /** Takes no more input. Writes under way are completed. */
  stop(): void {
    this.isStopped = true;
    this.timers.stop();
    this.telemetry.stop();
  }

  private take(input: Input): readonly Output[] {
    if (this.isStopped) return [];
    this.hasStarted = true;
    try {
      const outputs = step(this.replica, input);
      assertInvariants(this.replica);
      this.telemetry.step(input, outputs);
      this.environment.onStep(this.replica, input, outputs);
      for (const output of outputs) this.perform(output);
      return outputs;
    } catch (error) {
      this.fail(error);
      return [];
    }
  }

  private perform(output: Output): void {
    const { transport, tick } = this.environment;
    switch (output.type) {
      case 'send':
        return transport.send(output.to, output.message);
      case 'reply':
        return transport.reply(output.message);
      case 'timer':
        return this.timers.arm(output.timer, output.delay * tick);
      case 'write':
        return this.write(output.write, output.records);
      case 'halt':
        return this.halt(new Error(`This replica has stopped for good: ${describeReason(output.reason)}.`));
      case 'registered':
      case 'ended':
      case 'turned-away':
      case 'executed':
      case 'failed':
      case 'restored':
      case 'dropped':
      case 'rejected':
      case 'alarm':
        return;
    }
  }

  private write(write: number, records: readonly StorageRecord[]): void {
    if (this.records.length === 0 && !this.isWriting) this.platform.clock.soon(() => void this.sync());
    this.records.push(...records);
    this.issued = write;
  }

  private async sync(): Promise<void> {
    const { clock } = this.platform;
    this.isWriting = true;
    try {
      while (this.records.length > 0) {
        const { records, issued } = this;
        this.records = [];
        const since = clock.now();
        await this.environment.storage.write(records);
        this.telemetry.written(records.length, clock.now() - since);
        this.take({ type: 'durable', write: issued });
      }
      if (this.halted !== undefined) this.fail(this.halted);
    } catch (error) {
      this.fail(error);
    }
    this.isWriting = false;
  }

  /** Ends the replica once what it has written is durable: its mark must outlive it. */
  private halt(reason: Error): void {
    this.halted = reason;
    if (this.records.length === 0 && !this.isWriting) this.fail(reason);
  }

  private fail(error: unknown): void {
    if (this.isStopped) return;
    const failure = error instanceof Error ? error : new Error(String(error));
    this.telemetry.stop(failure);
    this.stop();
    this.environment.onFailure(failure);
  }
}
