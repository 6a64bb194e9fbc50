import type { Configuration } from '../../../impl/index.ts';
import type { Implementation } from '../../world/implementation.ts';
import type { Packet } from '../../world/packet.ts';
import type { ClientMachine, Machine, PerformedEvent, Setup, World } from '../../world/world.ts';
import type { Components } from './components.ts';

/** A world whose parts are looked up in a state when they are read. */
class WorldOfState {
  readonly setup: Setup;
  readonly implementation: Implementation;
  readonly configuration: Configuration;
  protected readonly components: Components;
  protected readonly state: Uint32Array;

  constructor(components: Components, state: Uint32Array) {
    const { setup, implementation, configuration } = components.common;
    this.setup = setup;
    this.implementation = implementation;
    this.configuration = configuration;
    this.components = components;
    this.state = state;
  }

  get packets(): readonly Packet[] {
    return this.components.packetsOf(this.state);
  }

  get blocked(): readonly number[] {
    return this.components.linksOf(this.state).blocked;
  }

  get inPlace(): undefined {
    return undefined;
  }

  get wire(): undefined {
    return undefined;
  }

  /** Exploration changes no clock. */
  get clocks(): readonly number[] {
    return this.components.common.clocks;
  }

  get loses(): boolean {
    return this.components.linksOf(this.state).loses;
  }
}

/** The world for which a state stands. It looks up each part when it is read, because most parts never are. */
export class StateWorld extends WorldOfState implements World {
  readonly last = undefined;
  private knownMachines: readonly Machine[] | undefined;

  get machines(): readonly Machine[] {
    this.knownMachines ??= this.components.machinesOf(this.state);
    return this.knownMachines;
  }

  get clients(): readonly ClientMachine[] {
    return this.components.clientsOf(this.state);
  }
}

/** The world after a step, which changed one machine. Its packets are those of the next state. */
export class SteppedWorld extends WorldOfState implements World {
  readonly machines: readonly Machine[];
  readonly clients: readonly ClientMachine[];
  readonly last: PerformedEvent | undefined;

  constructor(
    components: Components,
    machines: readonly Machine[],
    clients: readonly ClientMachine[],
    next: Uint32Array,
    last: PerformedEvent | undefined,
  ) {
    super(components, next);
    this.machines = machines;
    this.clients = clients;
    this.last = last;
  }
}
