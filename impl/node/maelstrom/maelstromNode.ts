import type { z } from 'zod';
import type { Configuration } from '../../replica/data/configuration.ts';
import type { Request } from '../../replica/data/entry.ts';
import type { ClientMessage, Message } from '../../replica/data/messages.ts';
import { describeReason } from '../../replica/data/reasons.ts';
import type { Json } from '../../tree/json.ts';
import { ClientSession } from '../client/clientSession.ts';
import { ExecutionFailedError, MaybeExecutedError, NotExecutedError } from '../client/errors.ts';
import { ReplicaDriver } from '../driver/replicaDriver.ts';
import {
  clientMessageSchema,
  describeIssue,
  encodeMessage,
  messageSchema,
} from '../encoding/messageSchema.ts';
import { nodePlatform } from '../platform/platform.ts';
import type { StableStorage } from '../storage/stableStorage.ts';
import type { Init, MaelstromLine } from './lines.ts';
import { errorCodes, operationSchema } from './linKv.ts';

/** Milliseconds until an unanswered operation fails. */
const deadline = 60_000;

/** Everything that a node needs from the outside. */
export interface MaelstromNodeOptions {
  readonly configuration: Configuration;
  readonly init: Init;
  readonly storage: StableStorage;
  /** Milliseconds in one tick of the timers. */
  readonly tick: number;
  readonly write: (src: string, dest: string, body: object) => void;
  readonly log: (text: string) => void;
  readonly onFailure: (error: Error) => void;
}

/**
 * A Maelstrom node: a replica, and a client session for each Maelstrom client that calls it. Replicas exchange messages in
 * lines of type `vsr`; a replica answers a session at another node by `vsr-reply`.
 */
export class MaelstromNode {
  private readonly options: MaelstromNodeOptions;
  private readonly driver: ReplicaDriver;
  /** The session of each Maelstrom client, by the client's name. */
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
      onStep: (_, __, outputs) => {
        for (const output of outputs)
          if (output.type === 'alarm' || output.type === 'rejected')
            options.log(`${output.type}: ${describeReason(output.reason)}`);
      },
      onFailure,
    });
  }

  /** Begins for the first time, or resumes from storage. */
  begin(): void {
    this.driver.start();
  }

  stop(): void {
    this.driver.stop();
    for (const session of this.sessions.values()) session.close();
  }

  /** Handles a line for this node. */
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
      const result = await this.sessionFor(line.src).request(operation, { deadline });
      if (typeof result === 'object' && result !== null) this.answer(line, result);
    } catch (error) {
      const code = codeOf(error);
      if (code !== undefined) this.fail(line, code, String(error));
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

  /** A session's identity begins with the name of its node. */
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
    const name = `${init.node_id} ${client} ${nodePlatform.random.uuid()}`;
    const session = new ClientSession({
      configuration,
      name,
      tick,
      send: (to, request) => this.send(to, request),
    });
    this.sessions.set(client, session);
    return session;
  }

  private send(to: number, request: Request): number {
    const { node_id, node_ids } = this.options.init;
    // The own replica would answer before `send` returns, which a session does not allow.
    if (node_ids[to] === node_id) nodePlatform.clock.soon(() => this.driver.receive(request));
    else this.sendLine(node_ids[to], { type: 'vsr', message: request });
    // Maelstrom's network may duplicate messages, and so may that between the nodes, which forward it.
    return Number.POSITIVE_INFINITY;
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

/** The error code of a request without a result. Undefined: the node stops, and answers no more. */
function codeOf(error: unknown): number | undefined {
  if (error instanceof ExecutionFailedError) return errorCodes.abort;
  if (error instanceof MaybeExecutedError) return error.reason === 'closed' ? undefined : errorCodes.crash;
  if (!(error instanceof NotExecutedError)) return errorCodes.crash;
  switch (error.reason) {
    case 'invalid':
    case 'too-large':
      return errorCodes.malformed;
    case 'aborted':
    case 'deadline':
    case 'queue-full':
    case 'refused':
      return errorCodes.unavailable;
    case 'closed':
      return undefined;
  }
}
