import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import { SetupError } from '../cluster/setupError.ts';
import type { TraceLine } from './traceLine.ts';

/** A file to which the lines of a trace are appended, start after start. */
export class TraceFile {
  private readonly descriptor: number;

  /** Throws a SetupError if the file cannot be written. */
  constructor(path: string) {
    try {
      this.descriptor = openSync(path, 'a');
      // A process that was killed may have left half a line.
      if (fstatSync(this.descriptor).size > 0) writeSync(this.descriptor, '\n');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new SetupError(`The trace ${path} cannot be written: ${reason}. Name another file.`);
    }
  }

  /** Hands the line to the operating system, so that it outlives the process. Throws the system's error. */
  write(line: TraceLine): void {
    writeAll(this.descriptor, Buffer.from(`${JSON.stringify(line)}\n`));
  }

  /** Closes the file. Later lines are an error. */
  close(): void {
    closeSync(this.descriptor);
  }
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}
