import { keyValueService, type Output } from '../../../impl/index.ts';
import { ClientWatches } from '../../../impl/node/client/clientWatches.ts';
import { Watches } from '../../../impl/node/watch/watches.ts';
import {
  unwatchSchema,
  type WatchAnswer,
  type WatchEvent,
  type WatchOutcome,
  watchSchema,
} from '../../../impl/node/watch/watchMessages.ts';
import { ExecutedEntries } from './executedEntries.ts';

/** The number of replicas. */
export const size = 3;
/** Milliseconds until the client asks again. */
export const retryDelay = 10;
/** So few that answers are cut. */
const maxChars = 300;

/** A replica, as its watches see it. */
class SimulatedServer {
  readonly watches = new Watches(keyValueService, maxChars);
  commitNumber = 0;
  isNormal = true;
  /** The client's connection to it. */
  connection: object | undefined;
  private base = 0;
  private checkpoint = 0;

  constructor() {
    this.take([]);
  }

  /** Takes a checkpoint. The entries before the one before it are dropped. */
  takeCheckpoint(): void {
    this.base = this.checkpoint;
    this.checkpoint = this.commitNumber;
    this.take([]);
  }

  /** Restores the state after this entry. */
  restore(opNumber: number): void {
    this.base = opNumber;
    this.checkpoint = opNumber;
    this.commitNumber = opNumber;
    this.take([{ type: 'restored', opNumber }]);
  }

  take(outputs: readonly Output[]): void {
    const status = this.isNormal ? 'normal' : 'view-change';
    const checkpoints = [{ opNumber: this.checkpoint }];
    this.watches.take(
      { status, commitNumber: this.commitNumber, log: { base: this.base }, checkpoints },
      outputs,
    );
  }

  /** What it answers to a client that asks now. */
  outcomeAfter(key: string, after: number): WatchOutcome | undefined {
    let told: WatchOutcome | undefined;
    const question = { type: 'watch', id: 0, key, after, waits: false } as const;
    this.watches.ask({}, question, (outcome) => {
      told = outcome;
    });
    return told;
  }
}

/** What is on its way on the connection to a replica. */
interface InFlight {
  readonly to: number;
  readonly connection: object | undefined;
  readonly message: unknown;
  readonly answer?: WatchAnswer;
}

/** Replicas that execute one log, each at its own pace, and a program that watches a key of it. No time passes by itself. */
export class WatchedGroup {
  readonly entries = new ExecutedEntries();
  readonly servers = Array.from({ length: size }, () => new SimulatedServer());
  readonly told: WatchEvent[] = [];
  /** The error with which the watch has ended, and what each replica that is normal and connected knew then. */
  ended: { readonly error: unknown; readonly known: readonly (WatchOutcome | undefined)[] } | undefined;
  private readonly key: string;
  private readonly client: ClientWatches<Buffer>;
  private readonly watch: AsyncGenerator<WatchEvent, void>;
  private inFlight: InFlight[] = [];
  private wanted = 0;
  private isReading = false;

  constructor(key: string, after: number | undefined) {
    this.key = key;
    this.client = new ClientWatches({
      size,
      delay: retryDelay,
      frameOf: (message) => Buffer.from(JSON.stringify(message)),
      send: (to, frame) => {
        const connection = this.servers[to]?.connection;
        if (connection === undefined) return false;
        this.inFlight.push({ to, connection, message: JSON.parse(frame.toString()) });
        return true;
      },
      isConnected: (number) => this.servers[number]?.connection !== undefined,
      isUnreachable: (number) => this.servers[number]?.connection === undefined,
      problems: () => '',
    });
    this.watch = this.client.watch(key, { after, deadline: Number.POSITIVE_INFINITY });
  }

  /** Executes so many more entries at a replica. */
  execute(at: number, entries: number): void {
    const server = this.server(at);
    const from = server.commitNumber;
    server.commitNumber = Math.min(from + entries, this.entries.last);
    server.take(this.entries.between(from, server.commitNumber));
  }

  connect(at: number): void {
    this.server(at).connection ??= {};
    this.client.connectionChanged(at);
  }

  lose(at: number): void {
    const server = this.server(at);
    if (server.connection !== undefined) server.watches.forget(server.connection);
    server.connection = undefined;
    this.client.connectionChanged(at);
  }

  /** All that is on its way arrives, unless its connection was lost. */
  deliver(): void {
    const arriving = this.inFlight;
    this.inFlight = [];
    for (const { to, connection, message, answer } of arriving) {
      const { connection: present, watches } = this.server(to);
      if (present === undefined || present !== connection) continue;
      if (answer !== undefined) this.client.receive(to, answer);
      const unwatched = unwatchSchema.safeParse(message).data;
      if (unwatched !== undefined) watches.cancel(present, unwatched.id);
      const request = watchSchema.safeParse(message).data;
      if (request === undefined) continue;
      const { id, after } = request;
      watches.ask(present, request, (outcome) => {
        const told = outcome.type === 'changes' ? { ...outcome, id, after } : { ...outcome, id };
        this.inFlight.push({ to, connection, message: undefined, answer: told });
      });
    }
  }

  /** The program reads so many events, as they come. */
  async read(events: number): Promise<void> {
    this.wanted += events;
    if (this.isReading) return;
    this.isReading = true;
    try {
      for (; this.wanted > 0; this.wanted--) {
        const { value } = await this.watch.next();
        if (value === undefined) return;
        this.told.push(value);
      }
    } catch (error) {
      const position = this.told.at(-1)?.opNumber ?? 0;
      const able = this.servers.filter(({ connection, isNormal }) => connection !== undefined && isNormal);
      this.ended ??= { error, known: able.map((server) => server.outcomeAfter(this.key, position)) };
    }
    this.isReading = false;
  }

  /** Ends the watch. */
  close(): void {
    this.client.close(undefined);
  }

  server(at: number): SimulatedServer {
    const server = this.servers[at];
    if (server === undefined) throw new RangeError(`There is no server ${at}.`);
    return server;
  }
}
