/**
 * The files that a replica's storage uses, so that a simulated disk can take the place of the operating system's. Every call
 * rejects with the system's error, which has a `code`.
 */
export interface Files {
  /** The names in a directory, in no particular order; undefined if it does not exist. */
  list(directory: string): Promise<readonly string[] | undefined>;
  /** The absolute path without links to what this path names, or will name once it is created. Never rejects. */
  realPath(path: string): Promise<string>;
  /** Creates a directory that only its owner can read, and those above it that are missing. Their names are not durable. */
  makeDirectory(directory: string): Promise<void>;
  /**
   * The bytes of a file, which need not be writable; undefined if it does not exist. With a position and a length: those from there on,
   * fewer where the file ends.
   */
  read(path: string, position?: number, length?: number): Promise<Buffer | undefined>;
  /** The length of a file in bytes; undefined if it does not exist. */
  size(path: string): Promise<number | undefined>;
  /**
   * Opens a file for reading and writing. `isNew`: creates it if it does not exist. `isDurable`: each write is durable once it has
   * resolved, as if a sync followed.
   */
  open(path: string, isNew: boolean, isDurable?: boolean): Promise<StoredFile>;
  /** Renames a file or directory. A file of the new name is replaced. Durable once the directory is synced. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file, or a directory with all that it holds, if it exists. */
  remove(path: string): Promise<void>;
  /** Makes the names in a directory durable. */
  syncDirectory(directory: string): Promise<void>;
  /** Locks a file, which is created if it does not exist, against all other processes; undefined if one of them holds it. */
  lock(path: string): Promise<FileLock | undefined>;
}

/** An open file. */
export interface StoredFile {
  /** Its length in bytes. */
  size(): Promise<number>;
  /** The bytes from a position on; fewer than `length` where the file ends. */
  read(position: number, length: number): Promise<Buffer>;
  /** Writes all of the bytes at a position. They may reach the disk in any order, and in part, until `sync` has resolved. */
  write(position: number, bytes: Uint8Array): Promise<void>;
  /** Cuts the file off, or extends it with zeros. */
  truncate(length: number): Promise<void>;
  /** Makes the contents and the length durable. After it has rejected once, nothing is known of what the disk holds. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** A lock that ends when it is closed, or when its process ends. */
export interface FileLock {
  close(): Promise<void>;
}
