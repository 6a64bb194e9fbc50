import { configure, keyValueService, Tree } from '../../impl/index.ts';
import { grouped } from '../../impl/terminal/columns.ts';
import { SteppedGroup } from './steppedGroup.ts';

const clients = 16;

/** How many characters each value has. */
export const lengthOfValue = 500;

/** What no message may exceed, in bytes. */
const bound = 2 ** 20;

/** A group whose clients set keys, one after the other. */
export class KeyedGroup {
  readonly fleet = new SteppedGroup(
    configure(3, 'durable', keyValueService, { sessions: Number.POSITIVE_INFINITY }),
  );
  private submitted = 0;

  /** Sets keys in an order that comes back to each, until so many operations are done. */
  set(operations: number, keys: number): void {
    const until = this.submitted + operations;
    for (; this.submitted < until; this.submitted++) {
      const clientId = `c${this.submitted % clients}/0`;
      const requestNumber = Math.floor(this.submitted / clients) + 1;
      // A step that has no divisor in common with most numbers of keys goes through all of them.
      const key = `key ${(this.submitted * 7919) % keys}`;
      const value = `${this.submitted} `.padEnd(lengthOfValue, 'x');
      const operation = { type: 'set', key, value };
      this.fleet.request({ type: 'REQUEST', operation, clientId, session: 0, requestNumber });
    }
    if (this.fleet.answered !== this.submitted)
      throw new Error(`Of ${this.submitted} operations ${this.fleet.answered} were answered.`);
  }

  state(number: number): Tree {
    const state = this.fleet.replicas[number]?.serviceState;
    if (!(state instanceof Tree)) throw new Error('The service has no state.');
    return state;
  }

  /** Lets the replica find out what it lacks, until it lacks nothing, and yields how many bytes it has received. */
  catchUp(number: number): number {
    const before = this.fleet.received[number] ?? 0;
    this.fleet.heartbeat();
    const [first] = this.fleet.replicas;
    const late = this.fleet.replicas[number];
    if (late?.commitNumber !== first?.commitNumber || this.state(number).digest !== this.state(0).digest)
      throw new Error(`Replica ${number} has not caught up.`);
    return (this.fleet.received[number] ?? 0) - before;
  }

  /** How many bytes of JSON the entries have that came after the latest checkpoint. */
  bytesAfterCheckpoint(number: number): number {
    const replica = this.fleet.replicas[number];
    const entries = replica?.log.entriesAfter(replica.checkpoints.at(-1)?.opNumber ?? 0) ?? [];
    return Buffer.byteLength(JSON.stringify(entries));
  }

  assertBounded(): void {
    if (this.fleet.longest > bound) throw new Error(`A message had ${grouped(this.fleet.longest)} bytes.`);
  }
}
