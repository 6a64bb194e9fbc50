import { type FileHandle, open } from 'node:fs/promises';
import { createServer, connect as dial, type Socket } from 'node:net';
import { jsonCodec } from '../../../impl/node/encoding/codec.ts';
import { FramedConnection } from '../../../impl/node/tcp/framedConnection.ts';

/**
 * One of three processes that do what any quorum must, and nothing else: the first takes an operation from a client, has it
 * written by itself and one of two others, and answers. With the cluster's own frames, and all that comes in one turn of the
 * event loop together. Nothing is checked, remembered or repeated: no protocol can be faster on the same machine.
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

/** Writes what came meanwhile together. */
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
/** Of the first: what to do once a batch was written here and once elsewhere, by its number. */
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
  return new FramedConnection(socket, jsonCodec, bounds, {
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
