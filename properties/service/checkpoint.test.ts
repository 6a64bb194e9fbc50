import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Configuration,
  configure,
  createReplica,
  fork,
  type Json,
  ledgerService,
  partsOf,
  type Replica,
  type Service,
  step,
  Tree,
} from '../../impl/index.ts';
import { asInVrr } from '../asInVrr.ts';
import { seed } from '../seed.ts';

const every = 3;
const limits = { ...asInVrr, checkpointEvery: every };

/** A replica that is a group by itself, and the lines of its client-table. */
class Alone {
  replica: Replica;
  readonly lines = new Map<string, Json>();

  constructor(configuration: Configuration) {
    this.replica = createReplica(configuration, 0);
  }

  ask(clientId: string): void {
    const requestNumber = (this.replica.clientTable.get(clientId)?.requestNumber ?? 0) + 1;
    const message = { type: 'REQUEST', operation: 'x', clientId, session: 0, requestNumber } as const;
    step(this.replica, { type: 'message', message });
    const line = this.replica.clientTable.get(clientId);
    if (line === undefined) throw new Error('It was not executed.');
    this.lines.set(clientId, line);
  }
}

describe('a checkpoint that no replica has asked about', () => {
  test('divides the state into parts once, when it is taken', () => {
    const taken: Json[] = [];
    const counting: Service<Json> = {
      initial: '',
      validate: () => undefined,
      apply: (text, operation) => ({ state: `${text}${operation}`, result: null }),
      snapshot: (text) => {
        taken.push(text);
        return Tree.empty<Json>().set('text', text);
      },
      restore: (parts) => parts.get('text') ?? null,
    };
    const alone = new Alone(configure(1, 'diskless', counting, limits));
    for (let number = 0; number < 10 * every; number++) alone.ask('a');
    const texts = Array.from({ length: 10 }, (_, index) => 'x'.repeat((index + 1) * every));
    expect(taken).toEqual(texts);
    const [first, second] = alone.replica.checkpoints;
    expect(second?.state.get('text')).toBe('x'.repeat(10 * every));
    expect(first?.state.get('text')).toBe('x'.repeat(9 * every));
    expect(first?.state).toBe(first?.state);
    expect(taken).toEqual(texts);
  });

  test('keeps the client-table as it was, while the replica changes its own', () => {
    const alone = new Alone(configure(1, 'diskless', ledgerService, limits));
    for (const client of 'abc') alone.ask(client);
    const [checkpoint] = alone.replica.checkpoints;
    expect(checkpoint?.table).toBe(alone.replica.clientTable);
    alone.ask('a');
    expect(checkpoint?.table).not.toBe(alone.replica.clientTable);
    expect(checkpoint?.table.get('a')).toMatchObject({ requestNumber: 1 });
  });

  test('is plain data that can be stored and compared', () => {
    const alone = new Alone(configure(1, 'diskless', ledgerService, limits));
    for (const client of 'abc') alone.ask(client);
    const [checkpoint] = alone.replica.checkpoints;
    if (checkpoint === undefined) throw new Error('There is none.');
    const { opNumber, time, checksum, state, table } = checkpoint;
    expect(Object.keys(checkpoint)).toEqual(['opNumber', 'time', 'checksum', 'state', 'table']);
    expect(checkpoint).toEqual({ opNumber, time, checksum, state, table });
    expect(JSON.parse(JSON.stringify(checkpoint))).toEqual({
      opNumber: 3,
      time: 0,
      checksum: alone.replica.log.prefix(3).checksum,
      state: state.toJSON(),
      table: table.toJSON(),
    });
  });

  test('has equal digests whichever checkpoints were asked about before, at forks too', () => {
    const client = fc.integer({ min: 0, max: 40 }).map((number) => `c${number}/0`);
    const then = fc.constantFrom('asked about', 'forked', 'neither', 'neither');
    let compared = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(client, then), { maxLength: 100 }), (steps) => {
        const configuration = configure(1, 'diskless', ledgerService, limits);
        const alone = new Alone(configuration);
        const left: Replica[] = [];
        const right = new Map<number, string>();
        for (const [clientId, what] of steps) {
          alone.ask(clientId);
          const { replica, lines } = alone;
          const { commitNumber, serviceState, checkpoints } = replica;
          // The digests of a checkpoint that is made from an empty tree at once.
          if (commitNumber % every === 0)
            right.set(
              commitNumber,
              digests(partsOf(configuration.service, serviceState), Tree.empty<Json>().with(lines)),
            );
          const latest = checkpoints.at(-1);
          if (what === 'asked about' && latest !== undefined)
            expect(digests(latest.state, latest.table)).toBe(right.get(latest.opNumber));
          if (what !== 'forked') continue;
          left.push(replica);
          alone.replica = fork(replica);
        }
        for (const { checkpoints } of [...left, alone.replica])
          for (const { opNumber, state, table } of checkpoints) {
            expect(digests(state, table)).toBe(right.get(opNumber));
            compared++;
          }
      }),
      { seed, numRuns: 200 },
    );
    expect(compared).toBeGreaterThan(100);
  });
});

function digests(state: Tree, table: Tree): string {
  return `${state.digest} ${table.digest}`;
}
