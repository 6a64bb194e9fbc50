import type { Clock } from './clock.ts';
import type { Environment, Traffic } from './environment.ts';
import { type Faults, nameOf } from './faults.ts';
import { LineClients } from './lineClients.ts';
import { type Message, NodeFailure, shortened } from './message.ts';
import { type Fate, type Journal, Network } from './network.ts';
import type { Nodes } from './nodes.ts';
import type { Settings } from './test.ts';

/** Nodes that speak Maelstrom's protocol, and their network: every line from one to another goes through here. */
export class LineEnvironment implements Environment {
  readonly faults: Faults;
  readonly access: LineClients;
  readonly network: Network;
  /** Of the nodes. */
  private readonly names: readonly string[];
  /** Messages from and to clients. */
  private clientMessages = 0;
  private readonly journal: Journal;

  constructor(settings: Settings, clock: Clock, nodes: Nodes, journal: Journal) {
    const { concurrency, workload, networkConditions } = settings;
    this.names = Array.from({ length: settings.nodes }, (_, node) => nameOf(node));
    this.journal = journal;
    this.network = new Network(networkConditions, clock, (node, line) => nodes.deliver(node, line), journal);
    this.faults = { nodes, links: this.network };
    const mouth = {
      isReady: (node: number) => nodes.isReady(node),
      send: (node: number, line: string) => {
        this.noteClient('sent', line);
        this.noteClient(nodes.deliver(node, line) ? 'delivered' : 'undelivered', line);
      },
    };
    this.access = new LineClients(concurrency, settings.nodes, workload.timeout, mouth, clock);
  }

  traffic(): Traffic {
    return { ...this.network.counts, 'to and from clients': this.clientMessages };
  }

  /**
   * Passes on what a node sent: to another node over the link between the two, in whosever name it is; to a client at
   * once and for certain, for a client is as if it were beside every node. Throws a `NodeFailure` if nobody has the name
   * to which, or in which, it is sent.
   */
  receive(node: number, { src, dest, body, line }: Message): void {
    const to = this.names.indexOf(dest);
    if (!this.isKnown(src))
      throw new NodeFailure(
        `${nameOf(node)} sent a message in the name of '${shortened(src)}', and there is no such node.`,
      );
    if (!this.isKnown(dest))
      throw new NodeFailure(
        `${nameOf(node)} sent a message to '${shortened(dest)}', and there is no such node.`,
      );
    if (to >= 0) return this.network.send(node, to, line);
    this.noteClient('sent', line);
    this.noteClient('delivered', line);
    this.access.receive(dest, nameOf(node), body);
  }

  private isKnown(name: string): boolean {
    return this.names.includes(name) || this.access.has(name);
  }

  private noteClient(fate: Fate, line: string): void {
    if (fate === 'sent') this.clientMessages += 1;
    this.journal(fate, line);
  }
}
