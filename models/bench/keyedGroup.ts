import { configure, keyValueService, Tree } from '../../impl/index.ts';
import { grouped } from '../../impl/terminal/columns.ts';
import { SteppedGroup } from './steppedGroup.ts';

const clients = 16;

/** The number of characters of each value. */
export const lengthOfValue = 500;

/** The bound of every message, in bytes. */
const bound = 2 ** 20;

/** A group whose clients set keys, one after another. */
export class KeyedGroup {
  readonly group = new SteppedGroup(
    configure(3, 'durable', keyValueService, { sessions: Number.POSITIVE_INFINITY }),
  );
  private submitted = 0;

  /** Performs this many operations, which set this many keys in a repeating order. */
  set(operations: number, keys: number): void {
    const until = this.submitted + operations;
    for (; this.submitted < until; this.submitted++) {
      const clientId = `c${this.submitted % clients}/0`;
      const requestNumber = Math.floor(this.submitted / clients) + 1;
      // A prime step visits all keys, unless it divides their number.
      const key = `key ${(this.submitted * 7919) % keys}`;
      const value = `${this.submitted} `.padEnd(lengthOfValue, 'x');
      const operation = { type: 'set', key, value };
      this.group.request({ type: 'REQUEST', operation, clientId, session: 0, requestNumber });
    }
    if (this.group.answered !== this.submitted)
      throw new Error(`Of ${this.submitted} operations ${this.group.answered} were answered.`);
  }

  state(number: number): Tree {
    const state = this.group.replicas[number]?.serviceState;
    if (!(state instanceof Tree)) throw new Error('The service has no state.');
    return state;
  }

  /** Lets the replica catch up with the primary. Returns the bytes that it received. */
  catchUp(number: number): number {
    const before = this.group.received[number] ?? 0;
    this.group.heartbeat();
    const [first] = this.group.replicas;
    const late = this.group.replicas[number];
    if (late?.commitNumber !== first?.commitNumber || this.state(number).digest !== this.state(0).digest)
      throw new Error(`Replica ${number} has not caught up.`);
    return (this.group.received[number] ?? 0) - before;
  }

  /** The bytes of JSON of the entries after the latest checkpoint. */
  bytesAfterCheckpoint(number: number): number {
    const replica = this.group.replicas[number];
    const entries = replica?.log.entriesAfter(replica.checkpoints.at(-1)?.opNumber ?? 0) ?? [];
    return Buffer.byteLength(JSON.stringify(entries));
  }

  assertBounded(): void {
    if (this.group.longest > bound) throw new Error(`A message had ${grouped(this.group.longest)} bytes.`);
  }
}
