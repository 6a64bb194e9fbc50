import type { Tree } from '../../impl/index.ts';
import { runCommand } from '../../impl/terminal/arguments.ts';
import { grouped } from '../../impl/terminal/columns.ts';
import { seedFrom, seedOption, wholeNumber } from '../../impl/terminal/optionValues.ts';
import { KeyedGroup, lengthOfValue } from './keyedGroup.ts';

const usualKeys = 10_000;
const missed = 1000;

await runCommand(
  {
    command: 'npm run bench:age',
    summary:
      'Shows that memory, messages and catching up do not grow with the age of the service. Measures the memory of three\n' +
      'durable replicas after more and more operations, and the bytes that a lagging or restarted replica receives, with a\n' +
      'large state. One thread steps all replicas, without input or output. Takes several minutes.',
    options: {
      operations: { type: 'string', value: 'N', default: '1000000', help: 'the number of operations' },
      megabytes: { type: 'string', value: 'N', default: '100', help: 'the size of the large state' },
      seed: { ...seedOption, help: 'has no effect: the benchmark is deterministic' },
    },
  },
  async ({ values }) => {
    if (values.seed !== undefined) seedFrom(values.seed);
    const operations = wholeNumber('--operations', values.operations, { min: 1000, max: 10 ** 9 });
    const megabytes = wholeNumber('--megabytes', values.megabytes, { min: 1, max: 1000 });
    memory(operations);
    console.log();
    const keys = Math.ceil((megabytes * 1e6) / lengthOfValue);
    console.log(`A state of ${grouped(keys)} keys with values of ${lengthOfValue} characters:`);
    for (const share of [0.01, 1]) laggard(operations, keys, Math.ceil(keys * share));
    restarted(operations, keys);
    return 0;
  },
);

function memory(operations: number): void {
  const service = new KeyedGroup();
  console.log(`${grouped(usualKeys)} keys with values of ${lengthOfValue} characters, three replicas:`);
  console.log('operations   megabytes   entries in the log   longest message in bytes');
  let done = 0;
  for (const until of [operations / 100, operations / 10, operations]) {
    service.set(Math.floor(until) - done, usualKeys);
    done = Math.floor(until);
    globalThis.gc?.();
    const held = process.memoryUsage().heapUsed / 1e6;
    const log = service.group.replicas[0]?.log;
    const entries = (log?.length ?? 0) - (log?.base ?? 0);
    console.log(
      `${grouped(done).padStart(10)}${held.toFixed(0).padStart(12)}${grouped(entries).padStart(21)}` +
        `${grouped(service.group.longest).padStart(27)}`,
    );
  }
  service.assertBounded();
}

/** Prints the bytes that a replica receives after it missed all operations, which set `touched` of the keys. */
function laggard(operations: number, keys: number, touched: number): void {
  const service = new KeyedGroup();
  service.set(keys, keys);
  service.group.heartbeat();
  const before = service.state(2);
  service.group.cutOff(2);
  service.set(operations, touched);
  service.group.reconnect(2);
  const state = bytesThatDiffer(before, service.state(0));
  const log = service.bytesAfterCheckpoint(0);
  const differ = state + log;
  const received = service.catchUp(2);
  service.assertBounded();
  console.log(
    `- ${grouped(operations)} operations behind, which set ${grouped(touched)} of the keys: received ${grouped(received)} bytes, ` +
      `where ${grouped(differ)} differ (${grouped(state)} of the state, ${grouped(log)} of the log): ${(received / differ).toFixed(2)} times; longest message ${grouped(service.group.longest)} bytes`,
  );
}

function bytesThatDiffer(before: Tree, after: Tree): number {
  let bytes = 0;
  for (const entry of after.entries())
    if (before.get(entry[0]) !== entry[1]) bytes += Buffer.byteLength(JSON.stringify(entry));
  return bytes;
}

/** Prints the bytes that a replica receives after it restarts from its disk and missed a few operations. */
function restarted(operations: number, keys: number): void {
  const service = new KeyedGroup();
  service.set(Math.max(keys, operations), keys);
  service.group.heartbeat();
  service.group.cutOff(2);
  const first = service.group.replicas[0];
  const length = first?.log.length ?? 0;
  service.set(missed, keys);
  const entries = first?.log.entriesAfter(length) ?? [];
  const bytes = Buffer.byteLength(JSON.stringify(entries));
  service.group.restart(2);
  const received = service.catchUp(2);
  service.assertBounded();
  console.log(
    `- restarted with its disk after ${grouped(length)} operations, and ${missed} missed: received ${grouped(received)} bytes, ` +
      `where these entries have ${grouped(bytes)}: ${(received / bytes).toFixed(2)} times`,
  );
}
