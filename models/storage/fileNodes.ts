/** The bytes that a disk writes at once: a power cut keeps all of them or none. */
const sectorBytes = 512;

/** A change of a file that no sync has made durable. */
export type Unsynced =
  | { readonly type: 'write'; readonly position: number; readonly bytes: Buffer }
  | { readonly type: 'truncate'; readonly length: number };

/** A file: as programs see it, as the disk holds it for certain, and what lies between. */
export interface FileNode {
  readonly type: 'file';
  current: Buffer;
  durable: Buffer;
  unsynced: Unsynced[];
  isLocked: boolean;
}

/** A directory: its names, those that are durable for certain, and the names as they were after each change since. */
export interface DirectoryNode {
  readonly type: 'directory';
  current: ReadonlyMap<string, Node>;
  durable: ReadonlyMap<string, Node>;
  unsynced: ReadonlyMap<string, Node>[];
}

/** What a name stands for. */
export type Node = FileNode | DirectoryNode;

/** What a power cut keeps: this sector, and this share of the later changes of names in a directory, from 0 to 1. */
export interface Kept {
  readonly sectors: boolean;
  readonly names: number;
}

/** Changes what programs see of the file. */
export function apply(node: FileNode, change: Unsynced): void {
  node.current = changed(node.current, change);
  node.unsynced.push(change);
}

/** The bytes after the change, in place where their number stays. */
function changed(bytes: Buffer, change: Unsynced): Buffer {
  if (change.type === 'truncate') return resized(bytes, change.length);
  const result = resized(bytes, Math.max(bytes.length, change.position + change.bytes.length));
  change.bytes.copy(result, change.position);
  return result;
}

function resized(bytes: Buffer, length: number): Buffer {
  if (length === bytes.length) return bytes;
  const result = Buffer.alloc(length);
  bytes.copy(result, 0, 0, length);
  return result;
}

/** The file after a power cut. A truncation takes place or not; of a write each sector is kept or not. */
function cutFile({ durable, unsynced }: FileNode, keeps: () => Kept): FileNode {
  let bytes: Buffer = Buffer.from(durable);
  for (const change of unsynced) {
    if (change.type === 'truncate') {
      if (keeps().sectors) bytes = changed(bytes, change);
      continue;
    }
    const end = change.position + change.bytes.length;
    for (let at = change.position; at < end; ) {
      const next = Math.min(end, (Math.floor(at / sectorBytes) + 1) * sectorBytes);
      const part = change.bytes.subarray(at - change.position, next - change.position);
      if (keeps().sectors) bytes = changed(bytes, { type: 'write', position: at, bytes: part });
      at = next;
    }
  }
  return { ...fileNode(), current: bytes, durable: Buffer.from(bytes) };
}

/** The directory after a power cut, with all that is in it. */
export function cutDirectory(node: DirectoryNode, keeps: () => Kept, known: Map<Node, Node>): DirectoryNode {
  const states = [node.durable, ...node.unsynced];
  const kept = states[Math.min(Math.floor(keeps().names * states.length), states.length - 1)] ?? node.durable;
  const names = new Map<string, Node>();
  for (const [name, child] of kept) {
    const cut =
      known.get(child) ?? (child.type === 'file' ? cutFile(child, keeps) : cutDirectory(child, keeps, known));
    known.set(child, cut);
    names.set(name, cut);
  }
  return { type: 'directory', current: names, durable: names, unsynced: [] };
}

/** Gives the directory other names. */
export function renamed(directory: DirectoryNode, names: ReadonlyMap<string, Node>): void {
  directory.current = names;
  directory.unsynced.push(names);
}

/** Ends the locks of all files. */
export function unlock(node: Node): void {
  if (node.type === 'file') node.isLocked = false;
  else for (const child of node.current.values()) unlock(child);
}

/** An empty file. */
export function fileNode(): FileNode {
  return { type: 'file', current: Buffer.alloc(0), durable: Buffer.alloc(0), unsynced: [], isLocked: false };
}

/** An empty directory. */
export function directoryNode(): DirectoryNode {
  return { type: 'directory', current: new Map(), durable: new Map(), unsynced: [] };
}

/** Makes the contents of the file durable. */
export function sync(node: FileNode): void {
  for (const change of node.unsynced) node.durable = changed(node.durable, change);
  node.unsynced = [];
}

/** The disk reports that it could not make the contents durable, and tries no more: what programs see stays, and is lost with the power. */
export function failSync(node: FileNode): void {
  node.unsynced = [];
}

/** Makes all that is in the directory durable, as an operating system does some time after it was written. */
export function writeBack(directory: DirectoryNode): void {
  directory.durable = directory.current;
  directory.unsynced = [];
  for (const child of directory.current.values()) {
    if (child.type === 'file') sync(child);
    else writeBack(child);
  }
}
