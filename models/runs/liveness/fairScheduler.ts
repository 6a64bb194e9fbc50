import { delays } from '../../../impl/index.ts';
import type { Model } from '../../checking/model.ts';
import { type Traffic, withLastEvent } from '../../checking/traffic.ts';
import { canArrive, canSync } from '../../world/enabled.ts';
import type { Packet } from '../../world/packet.ts';
import { timerBit, timers, type World } from '../../world/world.ts';
import type { Run } from '../run/run.ts';

/** The most events between two ticks of a group whose messages come to an end. It is generous. */
const mostBetweenTicks = 20_000;

/**
 * A fair, deterministic scheduler. Messages arrive in the order of sending, each after the latency of the setup,
 * writes become durable at once, and timers fire when they are due. Its clock advances only when no message is
 * due and no write is pending.
 */
export class FairScheduler {
  /** Ticks since the scheduler took over. */
  now = 0;
  /** What is sent, counted from when this is set. */
  traffic: Traffic | undefined;
  /** The alarms about clocks that replicas have raised since the scheduler took over. */
  clockAlarms = 0;
  private readonly model: Model;
  private readonly run: Run;
  /**
   * When each timer is due, in ticks: three for each replica, then one for each client. Valid only while it
   * is armed.
   */
  private readonly due: number[] = [];
  /** When each message on its way arrives, in ticks. It is set before the clock advances. */
  private readonly arrivals = new Map<Packet, number>();

  constructor(model: Model, run: Run) {
    this.model = model;
    this.run = run;
    const { machines, clients } = run.world;
    for (const _ of machines) this.due.push(delays.heartbeat, delays.resend, delays.suspect);
    for (const _ of clients) this.due.push(delays.clientRetry);
  }

  /** Performs one event, and records when the timers that it set are due. */
  take(event: Parameters<Run['take']>[1]): void {
    this.run.take(this.model, event);
    const { last, machines } = this.run.world;
    if (last === undefined) return;
    if (this.traffic !== undefined) this.traffic = withLastEvent(this.traffic, this.run.world);
    for (const output of last.outputs) {
      if (output.type === 'alarm' && output.reason.code === 'clock-doubted') this.clockAlarms++;
      if (output.type !== 'timer' || last.replica === undefined) continue;
      this.due[last.replica * timers.length + timers.indexOf(output.timer)] = this.now + output.delay;
    }
    for (const output of last.clientOutputs) {
      if (output.type !== 'timer' || last.client === undefined) continue;
      this.due[machines.length * timers.length + last.client] = this.now + output.delay;
    }
  }

  /** Delivers and syncs until no message is due and no write pending. Returns whether `limit` events sufficed. */
  drain(limit: number): boolean {
    const { latency = 0 } = this.run.world.setup;
    for (let left = limit; left > 0; left--) {
      const { world } = this.run;
      const replica = world.machines.findIndex(canSync);
      if (replica >= 0) {
        this.take({ type: 'sync', replica });
        continue;
      }
      if (latency > 0) this.noteArrivals(latency);
      // All messages take equally long, so the oldest arrives first.
      const packet = world.packets[0];
      if (packet === undefined || this.arrivalOf(packet) > this.now) return true;
      this.take({ type: canArrive(world, packet) ? 'deliver' : 'drop', packet });
    }
    return false;
  }

  /**
   * Lets time pass until the condition holds, at most this many ticks. Ends sooner if messages cause messages without
   * end, because then the clock never advances. Returns whether the condition holds.
   */
  runUntil(holds: (world: World) => boolean, ticks: number): boolean {
    const end = this.now + ticks;
    let isQuiet = this.drain(mostBetweenTicks);
    while (isQuiet && !holds(this.run.world) && this.now < end) {
      this.wait();
      isQuiet = this.drain(mostBetweenTicks);
    }
    return isQuiet && holds(this.run.world);
  }

  private noteArrivals(latency: number): void {
    for (const packet of this.run.world.packets) {
      if (!this.arrivals.has(packet)) this.arrivals.set(packet, this.now + latency);
    }
  }

  private arrivalOf(packet: Packet): number {
    return this.arrivals.get(packet) ?? 0;
  }

  /** Moves the clock to the next timer or message that is due, and fires all timers that are due by then. */
  wait(): void {
    const armed = this.armed();
    const [packet] = this.run.world.packets;
    this.now = armed.reduce(
      (soonest, index) => Math.min(soonest, this.due[index] ?? Infinity),
      packet === undefined ? Infinity : this.arrivalOf(packet),
    );
    for (const index of armed) if ((this.due[index] ?? Infinity) <= this.now) this.fire(index);
  }

  /** The timers that are armed, by their index in `due`. */
  private armed(): readonly number[] {
    const armed: number[] = [];
    for (let index = 0; index < this.due.length; index++) if (this.isArmed(index)) armed.push(index);
    return armed;
  }

  private isArmed(index: number): boolean {
    const { machines, clients } = this.run.world;
    const client = index - machines.length * timers.length;
    if (client >= 0) return clients[client]?.retryArmed === true;
    const timer = timers[index % timers.length];
    const armed = machines[Math.floor(index / timers.length)]?.timers ?? 0;
    return timer !== undefined && (armed & timerBit[timer]) !== 0;
  }

  /** Fires a timer, unless another that was due at the same time has disarmed it. */
  private fire(index: number): void {
    if (!this.isArmed(index)) return;
    const replica = Math.floor(index / timers.length);
    const timer = timers[index % timers.length];
    const client = index - this.run.world.machines.length * timers.length;
    if (client >= 0) this.take({ type: 'retry', client });
    else if (timer !== undefined) this.take({ type: 'timer', replica, timer });
  }
}
