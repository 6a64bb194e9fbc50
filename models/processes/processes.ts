import { z } from 'zod';
import type { Company } from './environment.ts';
import { nameOf } from './faults.ts';
import { checked, type Message, must } from './message.ts';
import type { Listener, Nodes } from './nodes.ts';
import { NodeProcess, type Program } from './process.ts';

/** The client that sends `init`. */
const initClient = 'c0';
/** How long a node may take to answer its first `init`, as Maelstrom has it. In milliseconds. */
const usualPatience = 10_000;

const initOk = z.looseObject(
  {
    type: z.literal('init_ok', must('init_ok')),
    in_reply_to: z.int(must('a whole number')),
  },
  must('an object'),
);

interface Node {
  readonly name: string;
  readonly process: NodeProcess;
  /** The number of the last `init`. */
  inits: number;
  isReady: boolean;
  /** Called when the node is ready. */
  greet: () => void;
}

/** The nodes as processes of this machine. */
export class Processes implements Nodes, Company {
  private readonly nodes: readonly Node[];
  private readonly listener: Listener;
  private readonly patience: number;

  /** `programOf` says what each node runs, and `complaint` gets each line of standard error. */
  constructor(
    count: number,
    programOf: (name: string) => Program,
    listener: Listener,
    complaint: (name: string, line: string) => void,
    patience: number = usualPatience,
  ) {
    this.listener = listener;
    this.patience = patience;
    this.nodes = Array.from({ length: count }, (_, number) => {
      const name = nameOf(number);
      const process = new NodeProcess(name, programOf(name), {
        message: (message) => this.receive(number, message),
        complaint: (line) => complaint(name, line),
        failure: (failure) => listener.failure(failure),
      });
      return { name, process, inits: 0, isReady: false, greet: () => {} };
    });
  }

  /** Starts all of them, and waits until each has answered `init`. Failures are told to the listener alone. */
  async start(): Promise<void> {
    await Promise.all(this.nodes.map((node) => this.greeted(node)));
  }

  isReady(node: number): boolean {
    return this.at(node).isReady;
  }

  deliver(node: number, line: string): boolean {
    return this.at(node).process.deliver(line);
  }

  async kill(node: number): Promise<void> {
    this.at(node).isReady = false;
    await this.at(node).process.kill();
  }

  async restart(node: number): Promise<void> {
    this.begin(this.at(node));
  }

  async pause(node: number): Promise<void> {
    this.at(node).process.signal('SIGSTOP');
  }

  async resume(node: number): Promise<void> {
    this.at(node).process.signal('SIGCONT');
  }

  async end(): Promise<void> {
    await Promise.all(this.nodes.map(({ process }) => process.end()));
  }

  abandon(): void {
    for (const { process } of this.nodes) process.signal('SIGKILL');
  }

  private greeted(node: Node): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        if (!node.process.isUp) return;
        const what = `${node.name} did not answer init within ${this.patience / 1000} seconds.`;
        this.listener.failure(node.process.failure(what));
      }, this.patience);
      // A failure ends the test, and then nobody should wait for this.
      timer.unref();
      node.greet = () => {
        clearTimeout(timer);
        resolve();
      };
      this.begin(node);
    });
  }

  /** `init` comes first on the pipe, whoever else writes to the node. */
  private begin(node: Node): void {
    const { name, process } = node;
    process.start();
    node.inits += 1;
    const node_ids = this.nodes.map((one) => one.name);
    const body = { type: 'init', msg_id: node.inits, node_id: name, node_ids };
    process.deliver(JSON.stringify({ src: initClient, dest: name, body }));
  }

  private receive(number: number, message: Message): void {
    const node = this.at(number);
    if (message.dest !== initClient) return this.listener.message(number, message);
    const { in_reply_to } = checked(initOk, node.name, message.body, 'an answer to init');
    // One that was killed since may have answered an earlier one.
    if (in_reply_to !== node.inits) return;
    node.isReady = true;
    node.greet();
  }

  private at(number: number): Node {
    const node = this.nodes[number];
    if (node === undefined)
      throw new Error(`There is no ${nameOf(number)} among ${this.nodes.length} nodes.`);
    return node;
  }
}
