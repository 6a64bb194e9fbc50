// A project in plain JavaScript without any tool: what each entry point exports works.
import assert from 'node:assert/strict';
import { configure, createReplica, keyValueService, step } from 'viewstamped';
import { ClusterClient, instrument, openDurable, readCluster, serve, Tracer } from 'viewstamped/node';
import { beginning, guarantees, observe } from 'viewstamped/promise';
import { broken, next, protocol } from 'viewstamped/protocol';
import { LocalGroup } from 'viewstamped/testing';

const configuration = configure(3, 'durable', keyValueService, { sessions: Infinity });
const outputs = step(createReplica(configuration, 0), { type: 'start' });
assert.deepEqual([...new Set(outputs.map(({ type }) => type))], ['timer']);

const request = { clientId: 'ann', requestNumber: 1, operation: 10 };
const account = {
  initial: 0,
  apply: (sum, operation) => ({ state: sum + operation, result: sum + operation }),
};
assert.equal(observe(beginning(account, 3), { kind: 'submitted', request }).submitted.length, 1);
assert.equal(guarantees.length, 12);
assert.equal(typeof broken, 'function');
assert.equal(typeof next, 'function');
assert.ok('start-view' in protocol.actions);

const group = new LocalGroup(configure(3, 'durable', keyValueService), 5);
assert.equal(await group.request({ type: 'set', key: 'a', value: 'b' }, { deadline: 60_000 }), 'b');
group.close();

for (const exported of [ClusterClient, instrument, openDurable, readCluster, serve, Tracer])
  assert.equal(typeof exported, 'function');
// An error is of the same class wherever it is imported from.
const [node, testing] = await Promise.all(
  ['viewstamped/node', 'viewstamped/testing'].map((name) => import(name)),
);
assert.equal(typeof node.RequestError, 'function');
assert.equal(testing.RequestError, node.RequestError);
// Only the models need fast-check, which this project has not installed.
await assert.rejects(import('viewstamped/models'), /fast-check/);
console.log('plain: every entry point works');
