import { z } from 'zod';
import { nameOf } from '../faults/faults.ts';
import { must, type NodeMessage, parsedAs } from '../nodes/nodeMessage.ts';
import { NodeProcess, type NodeProgram } from '../nodes/nodeProcess.ts';
import type { NodeLifecycle } from '../test/environment.ts';
import type { NodeListener, Nodes } from './nodes.ts';

/** The name of the client that sends `init`. */
const initClient = 'c0';
/**
 * How long a node may take to answer its first `init`, in milliseconds. Maelstrom allows ten seconds; a busy machine may need
 * more to start several nodes at once.
 */
const defaultInitTimeout = 60_000;

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
  /** The `msg_id` of the last `init`. */
  initId: number;
  isReady: boolean;
  /** Called when the node is ready. */
  onReady: () => void;
}

/** Nodes that speak Maelstrom's protocol, as processes of this machine. */
export class LineNodes implements Nodes, NodeLifecycle {
  private readonly nodes: readonly Node[];
  private readonly listener: NodeListener;
  private readonly initTimeout: number;

  /**
   * `programOf`: the program of each node, by name. `stderrLine` receives each line of standard error. `initTimeout`: how long a
   * node may take to answer its first `init`, in milliseconds.
   */
  constructor(
    count: number,
    programOf: (name: string) => NodeProgram,
    listener: NodeListener,
    stderrLine: (name: string, line: string) => void,
    initTimeout: number = defaultInitTimeout,
  ) {
    this.listener = listener;
    this.initTimeout = initTimeout;
    this.nodes = Array.from({ length: count }, (_, number) => {
      const name = nameOf(number);
      const process = new NodeProcess(name, programOf(name), {
        message: (message) => this.receive(number, message),
        stderrLine: (line) => stderrLine(name, line),
        failure: (failure) => listener.failure(failure),
      });
      return { name, process, initId: 0, isReady: false, onReady: () => {} };
    });
  }

  /** Starts all nodes. Resolves when each has answered `init`. Failures go to the listener only; then this never resolves. */
  async start(): Promise<void> {
    await Promise.all(this.nodes.map((node) => this.startAndInit(node)));
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

  killNow(): void {
    for (const { process } of this.nodes) process.signal('SIGKILL');
  }

  private startAndInit(node: Node): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        if (!node.process.isUp) return;
        const what = `${node.name} did not answer init within ${this.initTimeout / 1000} seconds.`;
        this.listener.failure(node.process.failure(what));
      }, this.initTimeout);
      // The timer must not keep this process running after the test.
      timer.unref();
      node.onReady = () => {
        clearTimeout(timer);
        resolve();
      };
      this.begin(node);
    });
  }

  /** Starts a process and writes `init` to it before any other line. */
  private begin(node: Node): void {
    const { name, process } = node;
    process.start();
    node.initId += 1;
    const node_ids = this.nodes.map((one) => one.name);
    const body = { type: 'init', msg_id: node.initId, node_id: name, node_ids };
    process.deliver(JSON.stringify({ src: initClient, dest: name, body }));
  }

  private receive(number: number, message: NodeMessage): void {
    const node = this.at(number);
    if (message.dest !== initClient) return this.listener.message(number, message);
    const { in_reply_to } = parsedAs(initOk, node.name, message.body, 'an answer to init');
    // A process that has been killed since may have answered an earlier `init`.
    if (in_reply_to !== node.initId) return;
    node.isReady = true;
    node.onReady();
  }

  private at(number: number): Node {
    const node = this.nodes[number];
    if (node === undefined)
      throw new Error(`There is no ${nameOf(number)} among ${this.nodes.length} nodes.`);
    return node;
  }
}
