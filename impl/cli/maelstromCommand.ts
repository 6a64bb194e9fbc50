import { createInterface } from 'node:readline';
import { describeIssue } from '../node/encoding/messageSchema.ts';
import {
  type Init,
  initSchema,
  LineWriter,
  type MaelstromLine,
  maelstromLineSchema,
} from '../node/maelstrom/lines.ts';
import { linKvService } from '../node/maelstrom/linKv.ts';
import { MaelstromNode } from '../node/maelstrom/maelstromNode.ts';
import { MemoryDisk } from '../node/storage/memoryDisk.ts';
import { openDurable } from '../node/storage/openDurable.ts';
import type { StorageMode } from '../replica/data/configuration.ts';
import { configure } from '../replica/data/configuration.ts';
import { runCommand, UsageError } from '../terminal/arguments.ts';
import { milliseconds } from '../terminal/optionValues.ts';

/** `viewstamped maelstrom`: a node for Maelstrom, or for `npm run workbench`. */
export function maelstrom(argv: readonly string[]): Promise<void> {
  return runCommand(
    {
      command: 'viewstamped maelstrom',
      summary:
        "Runs a node of Maelstrom's workloads echo and lin-kv: JSON lines on standard input and output, until the input ends.\n" +
        'Exit codes: 0 the input ended, 1 the node failed, 2 usage.',
      options: {
        data: {
          type: 'string',
          short: 'd',
          value: 'DIR',
          help: 'the directory for durable data; without it the node must not be started again',
        },
        mode: { type: 'string', value: 'MODE', help: 'durable or diskless (default: durable with --data)' },
        tick: {
          type: 'string',
          value: 'MS',
          default: '50',
          help: 'milliseconds in a tick; a silent primary is suspected after six',
        },
      },
    },
    async ({ values }) => {
      const mode = values.mode ?? (values.data === undefined ? 'diskless' : 'durable');
      if (mode !== 'durable' && mode !== 'diskless')
        throw new UsageError('--mode must be durable or diskless.');
      if (mode === 'durable' && values.data === undefined)
        throw new UsageError('A durable node needs --data DIR.');
      return run(mode, values.data, milliseconds('--tick', values.tick));
    },
    argv,
  );
}

async function run(mode: StorageMode, data: string | undefined, tick: number): Promise<number> {
  const log = (text: string): boolean => process.stderr.write(`${text}\n`);
  const writer = new LineWriter(process.stdout);
  let node: MaelstromNode | undefined;
  let code = 0;
  const input = createInterface({ input: process.stdin });
  const failed = (error: Error): void => {
    log(`the node failed: ${error.message}`);
    code = 1;
    input.close();
    process.stdin.destroy();
  };
  for await (const text of input) {
    const line = lineIn(text);
    if (typeof line === 'string') log(line);
    else if (node !== undefined) node.take(line);
    else if (line.body.type === 'init') {
      const init = initSchema.safeParse(line.body);
      if (!init.success) return log(`init: ${describeIssue(init.error)}`) ? 2 : 2;
      node = await opened(init.data, mode, data, tick, writer, log, failed);
      writer.write(init.data.node_id, line.src, { type: 'init_ok', in_reply_to: line.body.msg_id });
    } else log(`a ${line.body.type} came before init`);
  }
  node?.stop();
  return code;
}

async function opened(
  init: Init,
  mode: StorageMode,
  data: string | undefined,
  tick: number,
  writer: LineWriter,
  log: (text: string) => void,
  onFailure: (error: Error) => void,
): Promise<MaelstromNode> {
  const configuration = configure(init.node_ids.length, mode, linKvService);
  const owner = { group: init.node_ids.join(' '), replica: init.node_ids.indexOf(init.node_id) };
  const storage =
    data === undefined ? new MemoryDisk().open() : await openDurable(data, owner, configuration);
  for (const finding of storage.findings) log(finding);
  const node = new MaelstromNode({
    configuration,
    init,
    storage,
    tick,
    log,
    onFailure,
    write: (src, dest, body) => writer.write(src, dest, body),
  });
  node.begin();
  return node;
}

function lineIn(text: string): MaelstromLine | string {
  try {
    const parsed = maelstromLineSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : `a line is malformed: ${describeIssue(parsed.error)}`;
  } catch {
    return 'a line is no JSON';
  }
}
