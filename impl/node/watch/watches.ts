import type { Output } from '../../replica/data/outputs.ts';
import type { Replica } from '../../replica/data/replica.ts';
import type { Service } from '../../service/service.ts';
import { ChangeHistory, type ExecutedLog } from './changeHistory.ts';
import type { Unwatched, WatchOutcome, WatchRequest } from './watchMessages.ts';

/** The most watches of one connection that wait for a change. */
const mostWaiting = 100;

/** A watch that waits for a change of its key. */
interface Waiting {
  readonly connection: object;
  readonly id: number;
  readonly key: string;
  readonly after: number;
  readonly answer: (outcome: WatchOutcome) => void;
}

/**
 * The watches of a replica's clients. They take no memory for changes: those are in the history, which goes as far back as the log.
 */
export class Watches {
  private readonly history: ChangeHistory;
  private readonly tellsChanges: boolean;
  private isNormal = false;
  /** The op-number of the latest checkpoint. */
  private checkpoint = 0;
  private readonly byConnection = new Map<object, Map<number, Waiting>>();
  private readonly byKey = new Map<string, Set<Waiting>>();

  /** `maxChars`: the most characters of JSON in an answer, unless one entry has more. */
  constructor(service: Service, maxChars: number) {
    this.history = new ChangeHistory(service, maxChars);
    this.tellsChanges = service.changes !== undefined;
  }

  /** Answers a question once: now, or when there is a change. A later question of the same watch takes its place. */
  ask(connection: object, request: WatchRequest, answer: (outcome: WatchOutcome) => void): void {
    const { id, key, after, waits } = request;
    this.cancel(connection, id);
    if (!this.tellsChanges) return answer(unwatched('the service does not tell what its operations change'));
    if (!this.isNormal) return answer(unavailable);
    const outcome = this.history.after(key, after ?? this.history.last);
    if (after === null || !waits || isNews(outcome)) return answer(outcome);
    const own = this.byConnection.get(connection) ?? new Map<number, Waiting>();
    if (own.size >= mostWaiting)
      return answer(unwatched(`this connection has ${mostWaiting} watches, and may have no more`));
    const waiting = { connection, id, key, after, answer };
    this.byConnection.set(connection, own.set(id, waiting));
    this.byKey.set(key, (this.byKey.get(key) ?? new Set<Waiting>()).add(waiting));
  }

  /** The client does not wait any more. */
  cancel(connection: object, id: number): void {
    const own = this.byConnection.get(connection);
    const waiting = own?.get(id);
    if (own === undefined || waiting === undefined) return;
    own.delete(id);
    if (own.size === 0) this.byConnection.delete(connection);
    const others = this.byKey.get(waiting.key);
    others?.delete(waiting);
    if (others?.size === 0) this.byKey.delete(waiting.key);
  }

  /** The connection is closed. */
  forget(connection: object): void {
    for (const id of this.byConnection.get(connection)?.keys() ?? []) this.cancel(connection, id);
  }

  /**
   * The replica took a step. Answers the watches for which it has changes. After a checkpoint it tells the others how far it is, so
   * that they are found in the logs of other replicas, too. When it is not normal, it sends them to other replicas: it may be cut off.
   */
  take(
    replica: ExecutedLog &
      Pick<Replica, 'status'> & { readonly checkpoints: readonly { readonly opNumber: number }[] },
    outputs: readonly Output[],
  ): void {
    const { since } = this.history;
    const changed = this.history.take(replica, outputs);
    const checkpoint = replica.checkpoints.at(-1)?.opNumber ?? 0;
    const isNormal = replica.status === 'normal';
    const concernsAll =
      isNormal !== this.isNormal || since !== this.history.since || checkpoint !== this.checkpoint;
    this.isNormal = isNormal;
    this.checkpoint = checkpoint;
    const concerned = concernsAll
      ? [...this.byConnection.values()].flatMap((own) => [...own.values()])
      : [...changed].flatMap((key) => [...(this.byKey.get(key) ?? [])]);
    for (const waiting of concerned) this.look(waiting);
  }

  private look({ connection, id, key, after, answer }: Waiting): void {
    const outcome = this.isNormal ? this.history.after(key, after) : unavailable;
    if (!isNews(outcome) && after >= this.checkpoint) return;
    this.cancel(connection, id);
    answer(outcome);
  }
}

const unavailable = unwatched('the replica is not normal', 'unavailable');

/** Why a watch is not answered. `reason`: part of a sentence. */
export function unwatched(reason: string, because: 'refused' | 'unavailable' = 'refused'): Unwatched {
  return { type: 'unwatched', because, since: 0, reason };
}

function isNews(outcome: WatchOutcome): boolean {
  return outcome.type === 'unwatched' || outcome.events.length > 0;
}
