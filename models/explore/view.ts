import type { Configuration } from '../../impl/index.ts';
import type { Implementation } from '../world/implementation.ts';
import type { Packet } from '../world/packet.ts';
import type { ClientMachine, Happening, Machine, Setup, World } from '../world/world.ts';

/** Which links are cut: what a partition changes of the world. */
export type Links = Pick<World, 'blocked' | 'loses'>;

/** What is the same in every world of an exploration. */
export type Common = Pick<World, 'setup' | 'implementation' | 'configuration'>;

/** A world whose packets are put together only when somebody looks at them, which most claims never do. */
export class LazyWorld implements World {
  readonly setup: Setup;
  readonly implementation: Implementation;
  readonly configuration: Configuration;
  readonly machines: readonly Machine[];
  readonly clients: readonly ClientMachine[];
  readonly blocked: readonly number[];
  readonly loses: boolean;
  readonly last: Happening | undefined;
  private readonly packetsOf: () => readonly Packet[];

  constructor(
    { setup, implementation, configuration }: Common,
    machines: readonly Machine[],
    clients: readonly ClientMachine[],
    { blocked, loses }: Links,
    packetsOf: () => readonly Packet[],
    last: Happening | undefined,
  ) {
    this.setup = setup;
    this.implementation = implementation;
    this.configuration = configuration;
    this.machines = machines;
    this.clients = clients;
    this.blocked = blocked;
    this.loses = loses;
    this.last = last;
    this.packetsOf = packetsOf;
  }

  get packets(): readonly Packet[] {
    return this.packetsOf();
  }
}
