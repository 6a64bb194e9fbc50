import type {
  Checkpoint,
  ClientMessage,
  Configuration,
  LogSuffix,
  Message,
  Output,
  Service,
  StorageRecord,
} from '../../impl/index.ts';
import type { Implementation } from './implementation.ts';
import { asClientLiteral, asLiteral } from './literals.ts';

/** The codecs of production, by the names that set-ups give them. */
export type CodecName = 'json' | 'binary';

/** A message after its way through the codec, or why it did not arrive as it was sent. */
export type Carried<Sent extends Message | ClientMessage> =
  | { readonly message: Sent; readonly mistake: undefined }
  | { readonly message: undefined; readonly mistake: string };

/**
 * The encoding of messages and of storage records, as production encodes them: a message is encoded by the codec,
 * decoded, and checked by the schema at the socket; a record is encoded as JSON. So no two machines, and no machine and
 * its disk, share an object.
 */
export class Wire {
  private readonly implementation: Implementation;
  private readonly configuration: Configuration;
  private readonly codec: Implementation['jsonCodec'];
  private readonly schema: Schema;
  /** The last message, because a broadcast is many outputs with one message. */
  private last: { readonly sent: Message; readonly carried: Carried<Message> } | undefined;

  constructor(implementation: Implementation, configuration: Configuration, codec: CodecName) {
    this.implementation = implementation;
    this.configuration = configuration;
    this.codec = { json: implementation.jsonCodec, binary: implementation.binaryCodec }[codec];
    this.schema = schemaOf(implementation, configuration);
  }

  /** Carries a message to a replica. */
  carry(sent: Message): Carried<Message> {
    if (this.last?.sent === sent) return this.last.carried;
    const { implementation } = this;
    const received = this.schema.safeParse(this.decoded(implementation.encodeMessage(sent)));
    const carried = this.judge(
      sent,
      received.success ? asLiteral(received.data) : implementation.describeIssue(received.error),
    );
    this.last = { sent, carried };
    return carried;
  }

  /** Carries a message to a client. */
  carryToClient(sent: ClientMessage): Carried<ClientMessage> {
    const { clientMessageSchema, describeIssue } = this.implementation;
    const received = clientMessageSchema.safeParse(this.decoded(sent));
    return this.judge(
      sent,
      received.success ? asClientLiteral(received.data) : describeIssue(received.error),
    );
  }

  /**
   * The outputs of a step as they arrive at other machines and on the disk, without those that do not arrive as they
   * left, and the first mistake.
   */
  carryOutputs(outputs: readonly Output[]): {
    readonly carried: readonly Output[];
    readonly miscoded: string | undefined;
  } {
    let miscoded: string | undefined;
    const carried: Output[] = [];
    for (const output of outputs) {
      const arrived = this.carryOutput(output);
      if (typeof arrived === 'string') miscoded ??= arrived;
      else carried.push(arrived);
    }
    return { carried, miscoded };
  }

  private carryOutput(output: Output): Output | string {
    switch (output.type) {
      case 'send': {
        const { message, mistake } = this.carry(output.message);
        return mistake ?? { type: output.type, to: output.to, message };
      }
      case 'reply': {
        const { message, mistake } = this.carryToClient(output.message);
        return mistake ?? { type: output.type, message };
      }
      case 'write': {
        const records = output.records.map((record) => this.record(record));
        const mistake = records.find((record) => typeof record === 'string');
        if (mistake !== undefined) return `A record does not come back as it was written: ${mistake}.`;
        const written = records.filter((record) => typeof record !== 'string');
        return { type: output.type, write: output.write, records: written };
      }
      default:
        return output;
    }
  }

  private record(record: StorageRecord): StorageRecord | string {
    if (record.type === 'entries') {
      const { encodeSuffix, decodeSuffix } = this.implementation;
      const suffix = decodeSuffix(this.configuration, copyOf(encodeSuffix(record.suffix)));
      if (typeof suffix === 'string') return suffix;
      return this.same(record.suffix, suffix) ? { type: record.type, suffix } : 'its entries differ';
    }
    if (record.type !== 'checkpoint') return record;
    const checkpoint = this.checkpoint(record.checkpoint);
    return typeof checkpoint === 'string' ? checkpoint : { type: record.type, checkpoint, base: record.base };
  }

  private checkpoint({ opNumber, time, checksum, state, table }: Checkpoint): Checkpoint | string {
    const { decodeLeaf, Tree } = this.implementation;
    const parts = {
      state: decodeLeaf('state', copyOf([...state])),
      table: decodeLeaf('table', copyOf([...table])),
    };
    if (typeof parts.state === 'string') return parts.state;
    if (typeof parts.table === 'string') return parts.table;
    const readBack = {
      opNumber,
      time,
      checksum,
      state: Tree.empty().with(parts.state),
      table: Tree.empty().with(parts.table),
    };
    return readBack.state.digest === state.digest && readBack.table.digest === table.digest
      ? readBack
      : 'its parts have other digests';
  }

  private decoded(message: object): unknown {
    return this.codec.decode(this.codec.encode(message));
  }

  private judge<Sent extends Message | ClientMessage>(sent: Sent, received: Sent | string): Carried<Sent> {
    if (typeof received === 'string')
      return { message: undefined, mistake: `Its ${sent.type} is rejected at the socket: ${received}.` };
    if (this.same(sent, received)) return { message: received, mistake: undefined };
    return {
      message: undefined,
      mistake: `Its ${sent.type} arrives with another content: ${JSON.stringify(received)}.`,
    };
  }

  /** Whether two values have the same content, whatever the order of their fields. */
  private same(one: unknown, other: unknown): boolean {
    if (one === other) return true;
    if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
    if (this.isSuffix(one)) {
      if (!this.isSuffix(other) || one.after !== other.after) return false;
      if (one.checksum !== other.checksum) return false;
      return this.same(one.entriesAfter(one.after), other.entriesAfter(other.after));
    }
    if (Array.isArray(one) && Array.isArray(other))
      return one.length === other.length && one.every((item, index) => this.same(item, other[index]));
    if (!hasFields(one) || !hasFields(other)) return false;
    const names = Object.keys(one);
    if (names.length !== Object.keys(other).length) return false;
    return names.every((name) => Object.hasOwn(other, name) && this.same(one[name], other[name]));
  }

  private isSuffix(value: object): value is LogSuffix {
    return value instanceof this.implementation.LogSuffix;
  }
}

/** Whether the value has fields by names, and is no list. */
function hasFields(value: object): value is Readonly<Record<string, unknown>> {
  return !Array.isArray(value);
}

type Schema = ReturnType<Implementation['messageSchema']>;

/** By service: the schemas, by the other parts of the configuration on which the entries of a log depend. */
const schemas = new WeakMap<Service, Map<string, Schema>>();

/** The schema of a group's messages. Making one anew takes as long as many events. */
function schemaOf({ messageSchema }: Implementation, configuration: Configuration): Schema {
  const { service, size, mode, sessions, operationChars } = configuration;
  const known = schemas.get(service) ?? new Map<string, Schema>();
  schemas.set(service, known);
  const key = `${size} ${mode} ${sessions} ${operationChars}`;
  const schema = known.get(key) ?? messageSchema(configuration);
  known.set(key, schema);
  return schema;
}

/** The value after its way through JSON. */
function copyOf(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
