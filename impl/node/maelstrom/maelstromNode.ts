import { randomInt, randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { Configuration } from '../../replica/data/configuration.ts';
import type { Request } from '../../replica/data/entry.ts';
import type { ClientMessage, Message } from '../../replica/data/messages.ts';
import type { Json } from '../../tree/json.ts';
import { ClientSession } from '../client/clientSession.ts';
import { ClosedError, RejectedError } from '../client/errors.ts';
import { ReplicaDriver } from '../driver/replicaDriver.ts';
import {
  clientMessageSchema,
  describeIssue,
  encodeMessage,
  messageSchema,
} from '../encoding/messageSchema.ts';
import type { StableStorage } from '../storage/stableStorage.ts';
import type { Init, MaelstromLine } from './lines.ts';
import { errorCodes, operationSchema } from './linKv.ts';

/** Milliseconds after which nobody waits for an answer any more. */
const requestTimeout = 60_000;

/** What a node needs around it. */
export interface MaelstromNodeOptions {
  readonly configuration: Configuration;
  readonly init: Init;
  readonly storage: StableStorage;
  /** Milliseconds. */
  readonly tick: number;
  readonly write: (src: string, dest: string, body: object) => void;
  readonly log: (text: string) => void;
  readonly onFailure: (error: Error) => void;
}

/**
 * A node of Maelstrom: a replica, and a client proxy for each client that talks to it. Replicas send each other `vsr`, and a
 * proxy's answers come as `vsr-reply`.
 */
export class MaelstromNode {
  private readonly options: MaelstromNodeOptions;
  private readonly driver: ReplicaDriver;
  /** Who asks for each of Maelstrom's clients. */
  private readonly sessions = new Map<string, ClientSession>();
  private readonly schema: z.ZodType<Message>;

  constructor(options: MaelstromNodeOptions) {
    const { configuration, init, storage, tick, onFailure } = options;
    this.options = options;
    this.schema = messageSchema(configuration);
    this.driver = new ReplicaDriver({
      configuration,
      replicaNumber: init.node_ids.indexOf(init.node_id),
      storage,
      tick,
      transport: {
        send: (to, message) =>
          this.sendLine(init.node_ids[to], { type: 'vsr', message: encodeMessage(message) }),
        reply: (message) => this.reply(message),
      },
      read: () => ({ time: Date.now(), random: randomInt(2 ** 32) }),
      onStep: (_, __, outputs) => {
        for (const output of outputs)
          if (output.type === 'alarm' || output.type === 'refused')
            options.log(`${output.type}: ${output.reason}`);
      },
      onFailure,
    });
  }

  /** Begins for the first time, or goes on where an earlier run stopped. */
  begin(): void {
    if (this.options.storage.stored === undefined) this.driver.start();
    else this.driver.resume();
  }

  stop(): void {
    this.driver.stop();
    for (const asker of this.sessions.values()) asker.close(new ClosedError('The node stops.', null));
  }

  /** Takes in a line that was meant for this node. */
  take(line: MaelstromLine): void {
    const { body, src } = line;
    if (body.type === 'vsr') return this.onMessage(src, body.message);
    if (body.type === 'vsr-reply') return this.onReply(body.message);
    if (body.in_reply_to !== undefined) return;
    if (body.type === 'echo') return this.answer(line, { ...body, type: 'echo_ok' });
    if (!['read', 'write', 'cas'].includes(body.type))
      return this.fail(line, errorCodes.notSupported, `there is no ${body.type} here`);
    const operation = operationSchema.safeParse(body);
    if (!operation.success) return this.fail(line, errorCodes.malformed, describeIssue(operation.error));
    void this.execute(line, operation.data);
  }

  private async execute(line: MaelstromLine, operation: Json): Promise<void> {
    try {
      const result = await this.sessionFor(line.src).request(operation, requestTimeout);
      if (typeof result === 'object' && result !== null) this.answer(line, result);
    } catch (error) {
      if (error instanceof RejectedError) this.fail(line, errorCodes.malformed, error.message);
      else if (!(error instanceof ClosedError)) this.fail(line, errorCodes.crash, String(error));
    }
  }

  private onMessage(src: string, given: unknown): void {
    const parsed = this.schema.safeParse(given);
    if (!parsed.success) return this.options.log(`from ${src}: ${describeIssue(parsed.error)}`);
    const { data } = parsed;
    if ('replicaNumber' in data && this.options.init.node_ids[data.replicaNumber] !== src)
      return this.options.log(`${src} speaks for replica ${data.replicaNumber}`);
    this.driver.receive(data);
  }

  private onReply(given: unknown): void {
    const parsed = clientMessageSchema.safeParse(given);
    if (!parsed.success) return this.options.log(describeIssue(parsed.error));
    this.reply(parsed.data);
  }

  /** The identity of a proxy begins with the node at which it is. */
  private reply(message: ClientMessage): void {
    const [node = ''] = message.clientId.split(' ');
    const { node_id, node_ids } = this.options.init;
    if (node !== node_id) {
      if (node_ids.includes(node)) this.sendLine(node, { type: 'vsr-reply', message });
      return;
    }
    const name = message.clientId.slice(node.length + 1).replace(/ [^ ]*$/, '');
    this.sessions.get(name)?.receive(message);
  }

  private sessionFor(client: string): ClientSession {
    const known = this.sessions.get(client);
    if (known !== undefined) return known;
    const { init, configuration, tick } = this.options;
    const name = `${init.node_id} ${client} ${randomUUID()}`;
    const asker = new ClientSession({
      configuration,
      name,
      tick,
      send: (to, request) => this.send(to, request),
    });
    this.sessions.set(client, asker);
    return asker;
  }

  private send(to: number, request: Request): void {
    const { node_id, node_ids } = this.options.init;
    // This node's own replica would answer at once, which is too soon.
    if (node_ids[to] === node_id) setImmediate(() => this.driver.receive(request));
    else this.sendLine(node_ids[to], { type: 'vsr', message: request });
  }

  private fail(line: MaelstromLine, code: number, text: string): void {
    this.answer(line, { type: 'error', code, text });
  }

  private answer({ src, body: { msg_id } }: MaelstromLine, body: object): void {
    this.sendLine(src, { ...body, in_reply_to: msg_id });
  }

  private sendLine(dest: string | undefined, body: object): void {
    if (dest !== undefined) this.options.write(this.options.init.node_id, dest, body);
  }
}
