import type { StorageMode } from '../../impl/index.ts';
import { Model } from '../../models/checking/model.ts';
import { noTraffic, type Traffic } from '../../models/checking/traffic.ts';
import { FairScheduler } from '../../models/runs/liveness/fairScheduler.ts';
import { Run } from '../../models/runs/run/run.ts';
import { type Implementation, realImplementation } from '../../models/world/implementation.ts';
import { createWorld, type World } from '../../models/world/world.ts';

/** The most events between two ticks, and the most times that a wait advances the clock. Both are generous. */
const mostEvents = 100_000;
const mostTicks = 1000;

/** A group and one client under fair scheduling: a message arrives at once, and a timer fires when it is due. */
export class FairGroup {
  private readonly run: Run;
  private readonly scheduler: FairScheduler;

  constructor(replicas: number, mode: StorageMode, implementation: Implementation = realImplementation) {
    this.run = new Run(createWorld(implementation, { replicas, mode, clients: 1 }));
    this.scheduler = new FairScheduler(new Model(this.run.world), this.run);
  }

  get world(): World {
    return this.run.world;
  }

  /** The client sends this many requests, each after the answer to the one before. */
  request(count: number): void {
    for (let left = count; left > 0; left--) {
      this.scheduler.take({ type: 'request', client: 0 });
      this.drain();
    }
  }

  crash(replica: number): void {
    this.scheduler.take({ type: 'crash', replica, survivors: 0 });
  }

  restart(replica: number): void {
    this.scheduler.take({ type: 'restart', replica });
    this.drain();
  }

  /** Lets time pass until the condition holds. Throws if it never does. */
  waitUntil(holds: (world: World) => boolean): void {
    for (let ticks = 0; !holds(this.world); ticks++) {
      if (ticks === mostTicks) throw new Error(`The condition does not hold after ${mostTicks} ticks.`);
      this.scheduler.wait();
      this.drain();
    }
  }

  /** What is sent while `act` runs. */
  traffic(act: () => void): Traffic {
    this.scheduler.traffic = noTraffic(this.world.machines[0]?.replica?.log.length ?? 0);
    act();
    const { traffic } = this.scheduler;
    this.scheduler.traffic = undefined;
    return traffic;
  }

  private drain(): void {
    if (!this.scheduler.drain(mostEvents)) throw new Error('Messages cause messages without end.');
  }
}

/** Whether each running replica is normal in this view or a later one, and has executed this many entries. */
export function areNormal({ machines }: World, viewNumber: number, executed: number): boolean {
  return machines.every(
    ({ replica }) =>
      replica === undefined ||
      (replica.status === 'normal' && replica.viewNumber >= viewNumber && replica.commitNumber === executed),
  );
}
