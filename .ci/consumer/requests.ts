// Not run: the types of operations and results follow from the service, in each of the three ways to request.
import { configure, defineService, type Json, type Schema, Tree } from 'viewstamped';
import { ClusterClient, clusterOf } from 'viewstamped/node';
import { checkService, LocalGroup, simulatedGroup } from 'viewstamped/testing';

type Operation = { readonly type: 'add'; readonly by: number } | { readonly type: 'read' };
declare const schema: Schema<Operation, Operation>;

// A type, because an interface is not known to be JSON.
type Count = { readonly value: number };

const counter = defineService({
  initial: Tree.empty<Count>(),
  validate: schema,
  apply: (counts, operation) => {
    const value = (counts.get('all')?.value ?? 0) + (operation.type === 'add' ? operation.by : 0);
    return { state: counts.set('all', { value }), result: { value, at: 'all' } };
  },
});
const add = { type: 'add', by: 1 } as const;

const cluster = clusterOf([{ host: '127.0.0.1', port: 14621 }]);
const client = new ClusterClient(cluster, { service: counter });
const local = new LocalGroup(configure(3, 'durable', counter), 50);
const simulated = simulatedGroup({ service: counter });
export const results: readonly Promise<{ value: number; at: string }>[] = [
  client.request(add),
  client.request({ type: 'read' }, { deadline: 1_000 }),
  local.request(add, { deadline: 1_000 }),
  simulated.request(add),
];
export const check: Promise<void> = checkService(counter, {
  model: () => (operation) => ({ value: operation.type === 'add' ? operation.by : 0, at: 'all' }),
});

// Each of these lines must be an error: the compiler says so if one is not.
// @ts-expect-error
client.request({ type: 'remove' });
// @ts-expect-error
local.request({ type: 'add', by: '1' });
// @ts-expect-error
simulated.request({ type: 'read', by: 1 });
// @ts-expect-error
export const text: Promise<string> = client.request(add);

// Without a service, and with one whose operations have no type, any JSON value may be requested, and nothing else.
export const answer: Promise<Json> = new ClusterClient(cluster).request(['any', { json: null }]);
const untyped = defineService({
  initial: 0,
  validate: () => undefined,
  apply: (state: number) => ({ state, result: state }),
});
export const count: Promise<number> = new ClusterClient(cluster, { service: untyped }).request([
  'any',
  { json: null },
]);
// @ts-expect-error
new ClusterClient(cluster).request(new Date());
// @ts-expect-error
new ClusterClient(cluster, { service: untyped }).request(undefined);

// An interface may get other members later, so that it is no Json: see docs/services.md.
interface Entry {
  readonly value: number;
}
// @ts-expect-error
export const tree = Tree.empty<Entry>();
