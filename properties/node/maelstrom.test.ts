import { describe, expect, test } from 'vitest';
import { configure } from '../../impl/index.ts';
import { type MaelstromLine, maelstromLineSchema } from '../../impl/node/maelstrom/lines.ts';
import { linKvService } from '../../impl/node/maelstrom/linKv.ts';
import { MaelstromNode } from '../../impl/node/maelstrom/maelstromNode.ts';
import { MemoryDisk } from '../../impl/node/storage/memoryDisk.ts';
import { unpredicted } from '../unpredicted.ts';

const node_ids = ['n0', 'n1', 'n2'];

/** Maelstrom nodes whose lines are carried as text, and a client. */
class Network {
  readonly logged: string[] = [];
  private readonly nodes = new Map<string, MaelstromNode>();
  private readonly answers = new Map<number, (body: MaelstromLine['body']) => void>();
  private asked = 0;

  constructor() {
    for (const node_id of node_ids) {
      const node = new MaelstromNode({
        configuration: configure(node_ids.length, 'diskless', linKvService),
        init: { type: 'init', node_id, node_ids },
        storage: new MemoryDisk().open(),
        tick: 5,
        write: (src, dest, body) => this.carry(JSON.stringify({ src, dest, body })),
        log: (text) => this.logged.push(text),
        onFailure: (error) => this.logged.push(error.message),
      });
      this.nodes.set(node_id, node);
      node.begin();
    }
  }

  ask(dest: string, body: object): Promise<MaelstromLine['body']> {
    const msg_id = ++this.asked;
    const answer = new Promise<MaelstromLine['body']>((resolve) => this.answers.set(msg_id, resolve));
    this.carry(JSON.stringify({ src: 'c1', dest, body: { ...body, msg_id } }));
    return answer;
  }

  /** Carries a line from any node or client. */
  carry(text: string): void {
    setImmediate(() => {
      const line = maelstromLineSchema.parse(JSON.parse(text));
      this.nodes.get(line.dest)?.take(line);
      if (line.dest === 'c1') this.answers.get(line.body.in_reply_to ?? 0)?.(line.body);
    });
  }

  end(node_id?: string): void {
    for (const [id, node] of this.nodes) if (node_id === undefined || id === node_id) node.stop();
    if (node_id !== undefined) this.nodes.delete(node_id);
  }
}

describe('Maelstrom nodes', () => {
  test('are one set of registers, whichever node is asked', async () => {
    const network = new Network();
    expect(await network.ask('n1', { type: 'read', key: 1 })).toMatchObject({ type: 'error', code: 20 });
    expect(await network.ask('n2', { type: 'write', key: 1, value: 3 })).toMatchObject({ type: 'write_ok' });
    expect(await network.ask('n0', { type: 'read', key: 1 })).toMatchObject({ type: 'read_ok', value: 3 });
    expect(await network.ask('n1', { type: 'cas', key: 1, from: 3, to: 4 })).toMatchObject({
      type: 'cas_ok',
    });
    expect(await network.ask('n1', { type: 'cas', key: 1, from: 3, to: 5 })).toMatchObject({ code: 22 });
    expect(await network.ask('n2', { type: 'read', key: 1 })).toMatchObject({ value: 4 });
    expect(network.logged).toEqual([]);
    network.end();
  });

  test('keep what they answered after one of them has stopped', async () => {
    const network = new Network();
    await network.ask('n1', { type: 'write', key: 'a', value: 1 });
    network.end('n0');
    expect(await network.ask('n1', { type: 'read', key: 'a' })).toMatchObject({ value: 1 });
    network.end();
  });

  test('answer an echo', async () => {
    const network = new Network();
    expect(await network.ask('n1', { type: 'echo', echo: 'hello' })).toMatchObject({
      type: 'echo_ok',
      echo: 'hello',
    });
    network.end();
  });

  test.each([
    [{ type: 'txn', txn: [] }, 10],
    [{ type: 'cas', key: 1, from: 2 }, 12],
    [{ type: 'read' }, 12],
  ])('answer %j with an error that says that it certainly did not happen', async (body, code) => {
    const network = new Network();
    expect(await network.ask('n1', body)).toMatchObject({ type: 'error', code });
    network.end();
  });

  test('reject messages on behalf of another node, and malformed ones', async () => {
    const network = new Network();
    const ok = {
      type: 'PREPAREOK',
      viewNumber: 0,
      opNumber: 1,
      suffix: { after: 1, checksum: '0'.repeat(16), entries: [] },
      replicaNumber: 1,
      clock: 0,
      checkpoint: null,
    };
    for (const message of [ok, { ...ok, opNumber: -1 }, 'nonsense', undefined])
      network.carry(JSON.stringify({ src: 'n2', dest: 'n0', body: { type: 'vsr', message } }));
    network.carry(JSON.stringify({ src: 'n2', dest: 'n0', body: { type: 'vsr-reply', message: {} } }));
    await network.ask('n0', { type: 'echo' });
    expect(network.logged).toHaveLength(5);
    expect(network.logged[0]).toBe('n2 speaks for replica 1');
    network.end();
  });
});

describe('registers', () => {
  const apply = (state: typeof linKvService.initial, operation: Parameters<typeof linKvService.apply>[1]) =>
    linKvService.apply(state, operation, unpredicted);

  test('are created by a cas only if it says so', () => {
    const cas = { type: 'cas', key: 1, from: 0, to: 2 };
    expect(apply(linKvService.initial, cas).result).toMatchObject({ code: 20 });
    const { state, result } = apply(linKvService.initial, { ...cas, create_if_not_exists: true });
    expect(result).toEqual({ type: 'cas_ok' });
    expect(apply(state, { type: 'read', key: 1 }).result).toEqual({ type: 'read_ok', value: 2 });
  });

  test('tell keys of different types apart', () => {
    const { state } = apply(linKvService.initial, { type: 'write', key: 1, value: 'number' });
    expect(apply(state, { type: 'read', key: '1' }).result).toMatchObject({ code: 20 });
  });
});
