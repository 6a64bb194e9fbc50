import type { Clock } from '../clock.ts';
import { type Faults, nameOf } from '../faults/faults.ts';
import { NodeFailure, type NodeMessage, shortened } from '../nodes/nodeMessage.ts';
import type { Environment, Traffic } from '../test/environment.ts';
import type { TestSettings } from '../test/settings.ts';
import { LineClients } from './lineClients.ts';
import { type Fate, LineNetwork, type MessageJournal } from './lineNetwork.ts';
import type { Nodes } from './nodes.ts';

/** An environment of nodes that speak Maelstrom's protocol. Every line from a node to another goes through its network. */
export class LineEnvironment implements Environment {
  readonly faults: Faults;
  readonly access: LineClients;
  readonly network: LineNetwork;
  /** The names of the nodes. */
  private readonly names: readonly string[];
  /** The number of messages from and to clients. */
  private clientMessages = 0;
  private readonly journal: MessageJournal;

  constructor(settings: TestSettings, clock: Clock, nodes: Nodes, journal: MessageJournal) {
    const { concurrency, workload, networkConditions } = settings;
    this.names = Array.from({ length: settings.nodes }, (_, node) => nameOf(node));
    this.journal = journal;
    this.network = new LineNetwork(
      networkConditions,
      clock,
      (node, line) => nodes.deliver(node, line),
      journal,
    );
    this.faults = { nodes, links: this.network };
    const sender = {
      isReady: (node: number) => nodes.isReady(node),
      send: (node: number, line: string) => {
        this.noteClient('sent', line);
        this.noteClient(nodes.deliver(node, line) ? 'delivered' : 'undelivered', line);
      },
    };
    this.access = new LineClients(concurrency, settings.nodes, workload.timeout, sender, clock);
  }

  traffic(): Traffic {
    return { ...this.network.counts, 'to and from clients': this.clientMessages };
  }

  /**
   * Forwards a message that a node sent. A message to a node takes the link between the two nodes, whatever `src` says. A
   * message to a client arrives at once and is never lost. Throws a `NodeFailure` if `src` or `dest` names no node or client.
   */
  receive(node: number, { src, dest, body, line }: NodeMessage): void {
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
