import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { Lines } from './lines.ts';
import { type Message, messageOf, NodeFailure } from './message.ts';

/** Thrown when a program cannot be run at all. */
export class CannotRun extends Error {
  override readonly name = 'CannotRun';
}

/** What a process runs, and where it leaves what it has to say. */
export interface Program {
  readonly command: string;
  /** `{data}` in them stands for the data directory. */
  readonly args: readonly string[];
  /** A directory of the node's own, which survives its death. */
  readonly data: string;
  /** The file that gets all of its standard error. */
  readonly log: string;
}

/** Who is told what a process does. */
export interface Reader {
  message(message: Message): void;
  /** A line of standard error. */
  complaint(line: string): void;
  /** `code`: what it exited with, if it ended of its own accord. */
  failure(failure: Error, code: number | null): void;
}

/** More than this is not kept for a process that does not read, as one that is paused. In bytes. */
const mostUnread = 2 ** 26;
const complaintsKept = 20;

/** A node as a process, which can end and begin anew. */
export class NodeProcess {
  private child: ChildProcessWithoutNullStreams | undefined;
  private readonly complaints: string[] = [];
  private readonly log: WriteStream;
  private readonly name: string;
  private readonly program: Program;
  private readonly reader: Reader;

  constructor(name: string, program: Program, reader: Reader) {
    this.name = name;
    this.program = program;
    this.reader = reader;
    mkdirSync(program.data, { recursive: true });
    this.log = createWriteStream(program.log, { flags: 'a' });
    this.log.on('error', (error) => reader.failure(error, null));
  }

  get isUp(): boolean {
    return this.child !== undefined;
  }

  /** The number of the process, if it is up. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Starts the process. That it cannot be run is told to the reader. */
  start(): void {
    const { command, args, data } = this.program;
    const argv = args.map((arg) => arg.replaceAll('{data}', data));
    // In a group of its own, it is killed and paused with all that it starts, and a Ctrl-C is not for it.
    const child = spawn(command, argv, { detached: true, stdio: 'pipe' });
    this.child = child;
    child.on('error', (error) => {
      if (this.child === child) this.child = undefined;
      this.reader.failure(new CannotRun(`${command} cannot be run: ${error.message}.`), null);
    });
    child.on('exit', (code, signal) => this.exited(child, code, signal));
    // What a process does not take any more, it does not miss: that it has ended is told anyway.
    child.stdin.on('error', () => {});
    this.listen(child);
  }

  /** Gives it a line, unless it is not there, or has stopped reading long ago. */
  deliver(line: string): boolean {
    if (this.child === undefined || this.child.stdin.writableLength > mostUnread) return false;
    this.child.stdin.write(`${line}\n`);
    return true;
  }

  /** Sends a signal to the process and all that it has started, if it is up. */
  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    if (this.child?.pid !== undefined) signalGroup(this.child.pid, signal);
  }

  /** Kills the process, and waits for its end. */
  async kill(): Promise<void> {
    const { child } = this;
    if (child === undefined) return;
    this.child = undefined;
    if (child.pid === undefined) return;
    const exited = once(child, 'exit');
    signalGroup(child.pid, 'SIGKILL');
    await exited;
  }

  /** Kills the process, and has the last of its log written. */
  async end(): Promise<void> {
    await this.kill();
    await new Promise((resolve) => this.log.end(resolve));
  }

  /** The failure of this node, with the last that it had to say for itself. */
  failure(what: string): NodeFailure {
    const { log } = this.program;
    if (this.complaints.length === 0)
      return new NodeFailure(`${what}\n${this.name} wrote nothing to standard error.`);
    const last = this.complaints.map((line) => `  ${line}`).join('\n');
    return new NodeFailure(`${what}\nThe last of its standard error, all of which is in ${log}:\n${last}`);
  }

  private listen(child: ChildProcessWithoutNullStreams): void {
    const [messages, complaints] = [new Lines(this.name), new Lines(this.name)];
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      try {
        for (const line of messages.take(piece)) this.reader.message(messageOf(this.name, line));
      } catch (error) {
        // What it prints now is read by nobody, and need not be kept either.
        child.stdout.removeAllListeners('data').pause();
        if (!(error instanceof NodeFailure)) throw error;
        // It may have explained itself, but on another pipe.
        setTimeout(() => this.reader.failure(this.failure(error.message), null), 100);
      }
    });
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      this.log.write(piece);
      for (const line of linesOf(complaints, piece)) this.complain(line);
    });
  }

  private complain(line: string): void {
    const printable = line.slice(0, 1000).replaceAll(/(?!\t)\p{C}/gu, '\u{FFFD}');
    this.complaints.push(printable);
    if (this.complaints.length > complaintsKept) this.complaints.shift();
    this.reader.complaint(printable);
  }

  /** It ended of its own accord, unless we have let go of it before. */
  private exited(child: ChildProcessWithoutNullStreams, code: number | null, signal: string | null): void {
    if (this.child !== child) return;
    this.child = undefined;
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
    const how = code === null ? `was ended by ${signal}` : `exited with code ${code}`;
    const tell = (): void =>
      this.reader.failure(this.failure(`${this.name} ${how}, and nobody had asked for it.`), code);
    // The last of what it printed comes after its end.
    child.once('close', tell);
  }
}

/** What is too long for a line is no reason to end a test if it is only a complaint. */
function linesOf(lines: Lines, piece: string): readonly string[] {
  try {
    return lines.take(piece);
  } catch {
    return [];
  }
}

function signalGroup(pid: number, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // It ended in the very same moment.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
