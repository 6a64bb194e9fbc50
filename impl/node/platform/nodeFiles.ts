import { constants } from 'node:fs';
import {
  type FileHandle,
  mkdir,
  open as openFile,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
} from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { tryLock } from 'fs-native-extensions';
import type { FileLock, Files, StoredFile } from './files.ts';

/** The files of the operating system. */
export const nodeFiles: Files = {
  list: (directory) => ifThere(withDescriptor(() => readdir(directory))),
  read: (path, position = 0, length) =>
    ifThere(length === undefined ? withDescriptor(() => readFile(path)) : readPart(path, position, length)),
  size: (path) => ifThere(stat(path).then(({ size }) => size)),
  realPath: (path) => realPath(resolve(path)),
  makeDirectory,
  async open(path, isNew, isDurable = false) {
    // One call of the system is quicker than a write and a sync.
    const flags = (isNew ? constants.O_CREAT : 0) | (isDurable ? constants.O_DSYNC : 0);
    return new NodeFile(await open(path, constants.O_RDWR | flags, 0o600));
  },
  rename,
  remove: (path) => rm(path, { recursive: true, force: true }),
  async syncDirectory(directory) {
    const handle = await open(directory, constants.O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  async lock(path): Promise<FileLock | undefined> {
    const handle = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    if (tryLock(handle.fd)) return handle;
    await handle.close();
    return undefined;
  },
};

async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    // What it does not find, or may not read, is told by the operation for which the path is meant.
    const above = dirname(path);
    return above === path ? path : join(await realPath(above), basename(path));
  }
}

/** Milliseconds until a descriptor is asked for again, and how often. */
const retries = { delay: 50, count: 200 };

/**
 * What the operation yields, which takes a descriptor. While the process has none left, or the system, it is tried again for ten seconds: what
 * shares the process with a replica may need many for a moment, and a replica whose storage fails must stop.
 */
export async function withDescriptor<Result>(operation: () => Promise<Result>): Promise<Result> {
  for (let count = 1; ; count++)
    try {
      return await operation();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if ((code !== 'EMFILE' && code !== 'ENFILE') || count === retries.count) throw error;
      await new Promise((resolve) => setTimeout(resolve, retries.delay));
    }
}

function open(path: string, flags: number, mode?: number): Promise<FileHandle> {
  return withDescriptor(() => openFile(path, flags, mode));
}

async function readPart(path: string, position: number, length: number): Promise<Buffer> {
  const file = new NodeFile(await open(path, constants.O_RDONLY));
  try {
    return await file.read(position, length);
  } finally {
    await file.close();
  }
}

/** What the operation yields; undefined if there is no such file or directory. */
async function ifThere<Result>(operation: Promise<Result>): Promise<Result | undefined> {
  try {
    return await operation;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Node's own recursion never ends where the system takes no new directory, as under /proc. */
async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { mode: 0o700 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST' && (await stat(directory)).isDirectory()) return;
    if (code !== 'ENOENT' || (await isDirectory(dirname(directory)))) throw error;
    await makeDirectory(dirname(directory));
    await mkdir(directory, { mode: 0o700 });
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

class NodeFile implements StoredFile {
  private readonly handle: FileHandle;

  constructor(handle: FileHandle) {
    this.handle = handle;
  }

  async size(): Promise<number> {
    return (await this.handle.stat()).size;
  }

  async read(position: number, length: number): Promise<Buffer> {
    const bytes = Buffer.alloc(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await this.handle.read(bytes, done, length - done, position + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return bytes.subarray(0, done);
  }

  /** Repeats until all is written: a full disk may accept only part of a write, without an error. */
  async write(position: number, bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.handle.write(bytes, done, bytes.length - done, position + done);
      done += bytesWritten;
    }
  }

  truncate(length: number): Promise<void> {
    return this.handle.truncate(length);
  }

  sync(): Promise<void> {
    return this.handle.datasync();
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}
