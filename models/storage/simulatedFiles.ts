import { basename, dirname } from 'node:path';
import type { FileLock, Files, StoredFile } from '../../impl/node/platform/files.ts';
import {
  apply,
  cutDirectory,
  type DirectoryNode,
  directoryNode,
  type FileNode,
  failSync,
  fileNode,
  type Kept,
  type Node,
  renamed,
  sync,
  unlock,
  writeBack,
} from './fileNodes.ts';

/** How an operation on files may end other than well. */
export interface FileFault {
  /** Which operation, counted from 1 over all files. */
  readonly at: number;
  /**
   * `stop`: the machine stops before it, and it never ends. `fail`: it is rejected with this code; of a write, the first half is
   * carried out, and of a sync nothing, now or later.
   */
  readonly how: { readonly type: 'stop' } | { readonly type: 'fail'; readonly code: string };
}

/**
 * Files on a simulated disk. A power cut keeps what was synced; of later writes any set of sectors, and of later changes of names
 * in a directory the first ones.
 */
export class SimulatedFiles implements Files {
  /** The operations so far. */
  operations = 0;
  /** Resolves once the machine has stopped. */
  readonly stopped: Promise<void>;
  private readonly root: DirectoryNode;
  private readonly fault: FileFault | undefined;
  private isStopped = false;
  private onStopped: () => void = () => undefined;

  private constructor(root: DirectoryNode, fault: FileFault | undefined) {
    this.root = root;
    this.fault = fault;
    this.stopped = new Promise((resolve) => {
      this.onStopped = resolve;
    });
  }

  /** An empty disk. */
  static empty(fault?: FileFault): SimulatedFiles {
    return new SimulatedFiles(directoryNode(), fault);
  }

  /** A disk that holds these files in a directory, all of them durable. */
  static holding(directory: string, files: ReadonlyMap<string, Buffer>): SimulatedFiles {
    const disk = SimulatedFiles.empty();
    for (const path of [...ancestors(directory), directory]) disk.change(path, directoryNode());
    for (const [name, bytes] of files)
      disk.change(`${directory}/${name}`, {
        ...fileNode(),
        current: Buffer.from(bytes),
        durable: Buffer.from(bytes),
      });
    return disk.afterPowerCut(() => ({ sectors: true, names: 1 }));
  }

  /** What a power cut leaves of this disk. `keeps` is asked about each change that is not durable. */
  afterPowerCut(keeps: () => Kept, fault?: FileFault): SimulatedFiles {
    return new SimulatedFiles(cutDirectory(this.root, keeps, new Map()), fault);
  }

  /** The same disk, after the process has ended and another begun. */
  afterRestart(fault?: FileFault): SimulatedFiles {
    unlock(this.root);
    return new SimulatedFiles(this.root, fault);
  }

  /** The files of a directory, as programs see them. */
  contents(directory: string): ReadonlyMap<string, Buffer> {
    const node = this.find(directory);
    const files = node?.type === 'directory' ? [...node.current] : [];
    return new Map(
      files.flatMap(([name, each]) => (each.type === 'file' ? [[name, Buffer.from(each.current)]] : [])),
    );
  }

  /** Makes all durable. */
  writeBack(): void {
    writeBack(this.root);
  }

  /** Changes a file behind the back of programs, on the disk too. */
  alter(path: string, change: (bytes: Buffer) => Buffer): void {
    const node = this.find(path);
    if (node?.type !== 'file') return;
    node.current = change(node.current);
    node.durable = change(node.durable);
  }

  /** Removes a file, or a directory with all that it holds, behind the back of programs. */
  discard(path: string): void {
    if (this.find(path) !== undefined) this.change(path, undefined);
    writeBack(this.directory(dirname(path)));
  }

  /** Makes a directory, unless it exists. No power cut undoes it. */
  add(path: string): void {
    if (this.find(dirname(path)) === undefined) return;
    if (this.find(path) === undefined) this.change(path, directoryNode());
    writeBack(this.directory(dirname(path)));
  }

  list(directory: string): Promise<readonly string[] | undefined> {
    return this.perform(() => {
      const node = this.find(directory);
      return node?.type === 'directory' ? [...node.current.keys()] : undefined;
    });
  }

  read(path: string, position = 0, length = Number.POSITIVE_INFINITY): Promise<Buffer | undefined> {
    return this.perform(() => {
      const node = this.find(path);
      if (node?.type === 'directory') throw systemError('EISDIR', path);
      return node === undefined ? undefined : Buffer.from(node.current.subarray(position, position + length));
    });
  }

  /** It has no links. */
  realPath(path: string): Promise<string> {
    return Promise.resolve(path);
  }

  async size(path: string): Promise<number | undefined> {
    return (await this.read(path))?.length;
  }

  makeDirectory(directory: string): Promise<void> {
    return this.perform(() => {
      if (this.find(directory) !== undefined) return;
      for (const path of [...ancestors(directory), directory])
        if (this.find(path) === undefined) this.change(path, directoryNode());
    });
  }

  open(path: string, isNew: boolean, isDurable = false): Promise<SimulatedFile> {
    return this.perform(() => {
      const found = this.find(path);
      if (found?.type === 'directory') throw systemError('EISDIR', path);
      if (found === undefined && !isNew) throw systemError('ENOENT', path);
      const node = found ?? fileNode();
      if (found === undefined) this.change(path, node);
      return new SimulatedFile(node, isDurable, (work, half) => this.perform(work, half));
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.perform(() => {
      const node = this.find(from);
      if (node === undefined) throw systemError('ENOENT', from);
      // Within a directory both names change at once.
      if (dirname(from) === dirname(to)) this.changeBoth(from, to, node);
      else {
        this.change(to, node);
        this.change(from, undefined);
      }
    });
  }

  remove(path: string): Promise<void> {
    return this.perform(() => {
      if (this.find(path) !== undefined) this.change(path, undefined);
    });
  }

  syncDirectory(directory: string): Promise<void> {
    return this.perform(() => {
      const node = this.directory(directory);
      node.durable = node.current;
      node.unsynced = [];
    });
  }

  lock(path: string): Promise<FileLock | undefined> {
    return this.perform(() => {
      const node = this.find(path) ?? fileNode();
      if (node.type === 'directory') throw systemError('EISDIR', path);
      if (node.isLocked) return undefined;
      this.change(path, node);
      node.isLocked = true;
      return {
        close: async () => {
          node.isLocked = false;
        },
      };
    });
  }

  /** Performs an operation, unless the fault strikes. `half`: what it does of its work if it fails. */
  private async perform<Result>(work: () => Result, half: () => void = () => undefined): Promise<Result> {
    await Promise.resolve();
    this.operations++;
    const { fault } = this;
    if (fault !== undefined && this.operations === fault.at) {
      if (fault.how.type === 'fail') {
        half();
        throw systemError(fault.how.code, 'a simulated file');
      }
      this.isStopped = true;
      this.onStopped();
    }
    if (this.isStopped) return new Promise(() => undefined);
    return work();
  }

  private change(path: string, node: Node | undefined): void {
    const directory = this.directory(dirname(path));
    const next = new Map(directory.current);
    if (node === undefined) next.delete(basename(path));
    else next.set(basename(path), node);
    renamed(directory, next);
  }

  private changeBoth(from: string, to: string, node: Node): void {
    const directory = this.directory(dirname(from));
    const next = new Map(directory.current);
    next.delete(basename(from));
    renamed(directory, next.set(basename(to), node));
  }

  private directory(path: string): DirectoryNode {
    const node = this.find(path);
    if (node === undefined) throw systemError('ENOENT', path);
    if (node.type === 'file') throw systemError('ENOTDIR', path);
    return node;
  }

  private find(path: string): Node | undefined {
    let node: Node | undefined = this.root;
    for (const name of namesOf(path)) {
      if (node?.type !== 'directory') return undefined;
      node = node.current.get(name);
    }
    return node;
  }
}

/** An open file of a simulated disk. */
export class SimulatedFile implements StoredFile {
  private readonly node: FileNode;
  private readonly isDurable: boolean;
  private readonly perform: <Result>(work: () => Result, half?: () => void) => Promise<Result>;

  constructor(node: FileNode, isDurable: boolean, perform: SimulatedFile['perform']) {
    this.node = node;
    this.isDurable = isDurable;
    this.perform = perform;
  }

  size(): Promise<number> {
    return this.perform(() => this.node.current.length);
  }

  read(position: number, length: number): Promise<Buffer> {
    return this.perform(() => Buffer.from(this.node.current.subarray(position, position + length)));
  }

  /** A durable write is two operations, so that a power cut may strike between them and tear it. */
  async write(position: number, bytes: Uint8Array): Promise<void> {
    const copy = Buffer.from(bytes);
    const change = (part: Buffer): void => apply(this.node, { type: 'write', position, bytes: part });
    await this.perform(
      () => change(copy),
      () => change(copy.subarray(0, copy.length / 2)),
    );
    if (this.isDurable) await this.sync();
  }

  truncate(length: number): Promise<void> {
    return this.perform(() => apply(this.node, { type: 'truncate', length }));
  }

  sync(): Promise<void> {
    const { node } = this;
    return this.perform(
      () => sync(node),
      () => failSync(node),
    );
  }

  /** As a sync that fails. */
  failSync(): void {
    failSync(this.node);
  }

  async close(): Promise<void> {}
}

function namesOf(path: string): readonly string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

function ancestors(path: string): readonly string[] {
  const names = namesOf(path);
  return names.slice(0, -1).map((_, index) => `/${names.slice(0, index + 1).join('/')}`);
}

/** An error of the operating system. */
export function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
