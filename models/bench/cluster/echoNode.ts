import { type FileHandle, open } from 'node:fs/promises';
import { createServer, connect as dial, type Socket } from 'node:net';
import { jsonCodec } from '../../../impl/node/encoding/codec.ts';
import { NodeStream } from '../../../impl/node/platform/nodeNetwork.ts';
import { FramedConnection } from '../../../impl/node/tcp/framedConnection.ts';

/**
 * A process of the bare quorum. The first of three takes an operation from a client, waits until itself and one of the others
 * have written it, and answers. It uses the cluster's frames, and batches the operations of one turn of the event loop. It
 * checks, remembers and repeats nothing, so it bounds the speed of any protocol on the same machine.
 */
const [ports = '', numberText = '', file = ''] = process.argv.slice(2);
const [own, ...others] = ports.split(',').map(Number);
const isFirst = numberText === '0';
const bounds = { frame: 2 ** 24, queue: 2 ** 28 };

interface EchoRequest {
  readonly id: number;
  readonly text: string;
}

const disk = file === '' ? undefined : await open(file, 'a');

/** Writes to the disk. Texts that arrive during a write are written together in the next one. */
class Writer {
  private waiting: { readonly text: string; readonly done: () => void }[] = [];
  private isWriting = false;

  write(text: string, done: () => void): void {
    this.waiting.push({ text, done });
    if (!this.isWriting) void this.sync(disk);
  }

  private async sync(disk: FileHandle | undefined): Promise<void> {
    this.isWriting = true;
    while (this.waiting.length > 0) {
      const group = this.waiting;
      this.waiting = [];
      if (disk !== undefined) {
        await disk.appendFile(group.map(({ text }) => text).join(''));
        await disk.datasync();
      }
      for (const { done } of group) done();
    }
    this.isWriting = false;
  }
}

const writer = new Writer();
/** In the first process: batches that still need `left` writes before they are answered, by number. */
const batches = new Map<number, { left: number; readonly answer: () => void }>();
let batchNumber = 0;
let gathered: { readonly operation: EchoRequest; readonly from: FramedConnection }[] = [];

function settle(number: number): void {
  const batch = batches.get(number);
  if (batch === undefined || --batch.left > 0) return;
  batches.delete(number);
  batch.answer();
}

function connectionOn(socket: Socket, onMessage: (message: unknown) => void): FramedConnection {
  return new FramedConnection(new NodeStream(socket), jsonCodec, bounds, {
    onMessage,
    onBroken: () => undefined,
    onClosed: () => undefined,
  });
}

const followers = isFirst
  ? others.map((port) => connectionOn(dial(port, '127.0.0.1'), (message) => settle(numberIn(message))))
  : [];

function order(): void {
  const group = gathered;
  gathered = [];
  const number = ++batchNumber;
  const operations = group.map(({ operation }) => operation);
  const answer = (): void => {
    for (const { operation, from } of group) from.send({ id: operation.id, text: operation.text });
  };
  batches.set(number, { left: 2, answer });
  for (const follower of followers) follower.send({ number, operations });
  writer.write(JSON.stringify(operations), () => settle(number));
}

function numberIn(message: unknown): number {
  return typeof message === 'object' && message !== null && 'number' in message ? Number(message.number) : 0;
}

function isOperation(message: unknown): message is EchoRequest {
  return typeof message === 'object' && message !== null && 'id' in message && 'text' in message;
}

createServer((socket) => {
  const connection = connectionOn(socket, (message) => {
    if (isOperation(message)) {
      if (gathered.length === 0) setImmediate(order);
      gathered.push({ operation: message, from: connection });
    } else {
      const number = numberIn(message);
      writer.write(JSON.stringify(message), () => connection.send({ number }));
    }
  });
}).listen(own, '127.0.0.1', () => process.stdout.write('ready\n'));
