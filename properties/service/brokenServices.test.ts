import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { configure, type Json, type Output, type Replica, type Service, Tree } from '../../impl/index.ts';
import { ClusterClient } from '../../impl/node/client/clusterClient.ts';
import { ExecutionFailedError, NotExecutedError } from '../../impl/node/client/errors.ts';
import { clusterOf } from '../../impl/node/cluster/cluster.ts';
import { LocalGroup } from '../../impl/node/localGroup.ts';
import { type ServedReplica, serve } from '../../impl/node/serve.ts';
import { difference } from '../../impl/service/difference.ts';
import { checkService } from '../../impl/testing/checkService.ts';
import type { ServiceCheck } from '../../impl/testing/serviceCheck.ts';
import { freePorts } from '../../models/processes/tcp/freePorts.ts';
import { generousTimeout, until } from '../node/servedGroup.ts';
import { inVirtualTime } from '../node/virtualTime.ts';
import { root } from '../root.ts';
import { seed } from '../seed.ts';
import { broken } from './broken.ts';

const add = { type: 'add', amount: 1 };
const read = { type: 'read' };

/** A service that is broken, the operation at which it shows, and what else a check needs to find it. */
interface Broken {
  readonly service: Service;
  readonly operation?: Json;
  readonly check?: ServiceCheck<unknown, Json>;
}

/** The service of this name in `broken`. */
function named(name: string): Service {
  const [, service] = broken.find(([known]) => known === name) ?? [];
  if (service === undefined) throw new Error(`There is no broken service ${name}.`);
  return service;
}

/** A service whose states are these parts. */
function yielding(
  parts: (state: unknown) => { readonly state: unknown; readonly result: Json },
  initial: unknown,
): Service {
  return { initial, validate: () => undefined, apply: parts };
}

class Account {
  readonly sum = 1;
}

const mapped: Service<Map<string, number>> = {
  // Each run has a Map of its own, since the first change would stay in one that they share.
  get initial() {
    return new Map();
  },
  validate: () => undefined,
  apply: (state) => {
    state.set('n', (state.get('n') ?? 0) + 1);
    throw new Error('too late');
  },
  snapshot: (state) => Tree.empty<Json>().with(state),
  restore: (parts) => new Map([...parts].map(([name, value]) => [name, Number(value)])),
};

const healthy = yielding(() => ({ state: 1, result: 1 }), 0);

/** A service for each row of the table, by the words of its first cell. */
const rows: Readonly<Record<string, Broken>> = {
  '`apply` throws': { service: named('throws') },
  '`apply` returns a promise': { service: named('promise') },
  '`apply` returns `undefined`': { service: named('undefined') },
  '`apply` returns no state, or no result': { service: named('no state') },
  'its result is no JSON': { service: named('result is no JSON') },
  'its result does not fit `results`': { service: healthy, check: { results: z.literal(2) } },
  'its result differs from its model': { service: healthy, check: { model: () => () => 2 } },
  'it changes its state, operation or prediction': { service: named('changes the state') },
  'it changes a Map, or an object of a class, in its state': { service: mapped },
  'a plain state holds a Map': { service: named('keeps a Map') },
  'a plain state holds a function': { service: yielding(() => ({ state: { next: () => 1 }, result: 1 }), 0) },
  'a plain state holds an object of a class': {
    service: yielding(() => ({ state: { ann: new Account() }, result: 1 }), 0),
  },
  'a `Tree` or a part holds one of these': {
    service: yielding(
      () => ({ state: Tree.empty<Json>().set('ann', { since: Number.NaN }), result: 1 }),
      Tree.empty<Json>(),
    ),
  },
  'it keeps `-0`': { service: named('keeps -0') },
  'it draws a random number': { service: yielding(() => ({ state: Math.random(), result: 1 }), 0) },
  'it reads a clock': { service: yielding(() => ({ state: Date.now() + performance.now(), result: 1 }), 0) },
  'it depends on anything else outside': { service: named('counts outside') },
  '`restore` returns what `snapshot` was not given': { service: named('loses a part') },
  'it changes the state where `isRead` holds': { service: named('writes in a read') },
  '`validate` throws': { service: named('validate throws'), operation: read },
};

const page = readFileSync(join(root, 'docs/services.md'), 'utf8');
const [, table = ''] = /^\| a service \|.*\n\|.*\n((?:\|.*\n)+)/m.exec(page) ?? [];
const cells = table
  .trimEnd()
  .split('\n')
  .map((line) => line.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, '')));

/** The service and the operation of a row. */
function rowOf(kind: string): Required<Broken> {
  const { service, operation = add, check = {} } = rows[kind] ?? {};
  if (service === undefined) throw new Error(`No service is broken in this way: ${kind}`);
  return { service, operation, check };
}

describe('the table of broken services in docs/services.md', () => {
  test('has a row for each kind', () => {
    expect(cells.map(([kind]) => kind)).toEqual(Object.keys(rows));
  });

  test.each(cells)('tells the error in development: %s', async (kind = '', development = '') => {
    const { service, operation, check } = rowOf(kind);
    const [, byCheckAlone, words = ''] = /^(only by a check: )?`(.*)`$/.exec(development) ?? [];
    expect(words).not.toBe('');
    const operations = fc.constantFrom(add, read);
    await expect(checkService(service, { operations, seed, runs: 20, ...check })).rejects.toThrow(words);
    await inVirtualTime(async () => {
      const group = new LocalGroup(configure(3, 'durable', service), 5);
      const outcome: unknown = await group.request(operation).catch((error: unknown) => error);
      if (byCheckAlone === undefined) expect(String(outcome)).toContain(words);
      else expect(String(outcome)).not.toContain(words);
      group.close();
    });
  });

  test.each(cells)('tells what happens in production: %s', async (kind = '', _ = '', production = '') => {
    const { service, operation } = rowOf(kind);
    const happens = outcomes[production];
    if (happens === undefined) throw new Error(`There is no such outcome: ${production}`);
    await happens(new Production(service), operation);
  });
});

/** What the table says about production, and how it shows. */
const outcomes: Readonly<Record<string, (group: Production, operation: Json) => Promise<void>>> = {
  'the operation fails': async (group, operation) => {
    await group.start(1);
    const [outcome, before] = [await group.request(operation), group.state];
    expect(outcome).toBeInstanceOf(ExecutionFailedError);
    expect(difference(before, group.service.initial, 'state')).toBeUndefined();
    expect(group.outputsOf('alarm', 'halt')).toEqual([]);
  },
  'the operation is rejected': async (group, operation) => {
    await group.start(1);
    expect(await group.request(operation)).toBeInstanceOf(NotExecutedError);
  },
  'not noticed': async (group, operation) => {
    await group.start(3);
    for (const _ of [1, 2]) expect(await group.request(operation)).not.toBeInstanceOf(Error);
    await until(() => group.isExecutedBy(3), 'all have executed both');
    expect(await group.changedByRestart(3)).toBeUndefined();
    expect(group.outputsOf('failed', 'alarm', 'halt')).toEqual([]);
  },
  'not noticed, and kept where the operation fails': async (group, operation) => {
    await group.start(1);
    expect(await group.request(operation)).toBeInstanceOf(ExecutionFailedError);
    expect(group.state).toEqual(new Map([['n', 1]]));
  },
  'no checkpoint is taken, with an alarm': async (group, operation) => {
    await group.start(1);
    expect(await group.request(operation)).not.toBeInstanceOf(Error);
    expect(group.outputsOf('alarm')).toMatchObject([{ reason: { code: 'checkpoint-not-taken' } }]);
  },
  'replicas halt at the next checkpoint': async (group, operation) => {
    await group.start(3);
    void group.request(operation);
    await until(() => group.outputsOf('halt').length > 0, 'a replica halts');
    expect(group.outputsOf('halt')[0]).toMatchObject({ reason: { code: 'diverged' } });
  },
  'another state after a restart': async (group, operation) => {
    await group.start(1);
    expect(await group.request(operation)).not.toBeInstanceOf(Error);
    expect(await group.changedByRestart(1)).toMatch(/^state/);
  },
};

const running = new Set<Production>();

afterEach(async () => {
  for (const group of running) await group.end();
});

/** Replicas that serve a service as it is, with a checkpoint after every entry, and a client. */
class Production {
  readonly service: Service;
  private readonly folder = mkdtempSync(join(tmpdir(), 'viewstamped-broken-'));
  private readonly outputs: Output[] = [];
  private readonly replicas = new Map<number, Replica>();
  private servers: readonly ServedReplica[] = [];
  private client: ClusterClient | undefined;

  constructor(service: Service) {
    this.service = service;
    running.add(this);
  }

  get state(): unknown {
    return this.replicas.get(0)?.serviceState;
  }

  async start(size: number): Promise<void> {
    const addresses = (await freePorts(size)).map((port) => ({ host: '127.0.0.1', port }));
    const config = clusterOf(addresses, { tick: 20, limits: { checkpointEvery: 1 } });
    const { service } = this;
    const start = (_: unknown, index: number): Promise<ServedReplica> => {
      const onStep = (replica: Replica, _input: unknown, outputs: readonly Output[]): void => {
        this.replicas.set(index, replica);
        this.outputs.push(...outputs);
      };
      const data = join(this.folder, String(index));
      return serve({ service, config, index, data, observer: { onStep } });
    };
    this.servers = await Promise.all(addresses.map(start));
    this.client = new ClusterClient(config, { service, deadline: generousTimeout });
  }

  /** What comes of a request: its result, or its error. */
  async request(operation: Json): Promise<unknown> {
    return this.client?.request(operation).catch((error: unknown) => error);
  }

  outputsOf(...types: readonly Output['type'][]): readonly Output[] {
    return this.outputs.filter(({ type }) => types.includes(type));
  }

  /** Whether so many replicas have executed all that any has. */
  isExecutedBy(count: number): boolean {
    const commits = [...this.replicas.values()].map(({ commitNumber }) => commitNumber);
    return commits.length === count && new Set(commits).size === 1;
  }

  /** How the state of a replica is another after all were stopped and started again. */
  async changedByRestart(size: number): Promise<string | undefined> {
    const { state } = this;
    await this.stop();
    await this.start(size);
    await until(() => this.outputsOf('restored').length === size, 'all are restored');
    return difference(state, this.state, 'state');
  }

  async stop(): Promise<void> {
    this.client?.close();
    await Promise.all(this.servers.map((server) => server.stop()));
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true });
    running.delete(this);
  }
}

test('a server that checks the service fails what it finds', async () => {
  const { service, operation } = rowOf('it draws a random number');
  const [port = 0] = await freePorts(1);
  const config = clusterOf([{ host: '127.0.0.1', port }], { tick: 20, mode: 'diskless' });
  const problems: string[] = [];
  const onStep = (_replica: unknown, _input: unknown, outputs: readonly Output[]): void => {
    for (const output of outputs) if (output.type === 'failed') problems.push(output.problem);
  };
  const server = await serve({ service, config, index: 0, checkService: true, observer: { onStep } });
  const client = new ClusterClient(config, { service, deadline: generousTimeout });
  await expect(client.request(operation)).rejects.toBeInstanceOf(ExecutionFailedError);
  expect(problems).toEqual([expect.stringContaining('uses Math.random()')]);
  client.close();
  await server.stop();
});
