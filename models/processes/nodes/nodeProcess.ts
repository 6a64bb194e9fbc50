import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { LineAssembler } from './lineAssembler.ts';
import { messageOf, NodeFailure, type NodeMessage } from './nodeMessage.ts';

/** Thrown when a program cannot be started. */
export class CannotRun extends Error {
  override readonly name = 'CannotRun';
}

/** The program of a node, and the files that belong to the node. */
export interface NodeProgram {
  readonly command: string;
  /** `{data}` in them is replaced with the data directory. */
  readonly args: readonly string[];
  /** The node's own directory, which outlives its process. */
  readonly data: string;
  /** The file to which all of its standard error is appended. */
  readonly log: string;
}

/** Receives what a process does. */
interface ProcessListener {
  message(message: NodeMessage): void;
  /** A line of standard error. */
  stderrLine(line: string): void;
  /** `code`: the exit code, if the process exited by itself. */
  failure(failure: Error, code: number | null): void;
}

/** The most bytes buffered for a process that does not read, such as a paused one. Further lines are dropped. */
const maxUnreadBytes = 2 ** 26;
/** How many of the latest lines of standard error a failure quotes. */
const stderrLinesKept = 20;

/** A node as a process, which can be killed and started again. */
export class NodeProcess {
  private child: ChildProcessWithoutNullStreams | undefined;
  private readonly latestStderr: string[] = [];
  private readonly log: WriteStream;
  private readonly name: string;
  private readonly program: NodeProgram;
  private readonly listener: ProcessListener;

  constructor(name: string, program: NodeProgram, listener: ProcessListener) {
    this.name = name;
    this.program = program;
    this.listener = listener;
    mkdirSync(program.data, { recursive: true });
    this.log = createWriteStream(program.log, { flags: 'a' });
    this.log.on('error', (error) => listener.failure(error, null));
  }

  get isUp(): boolean {
    return this.child !== undefined;
  }

  /** The process id, if the process is up. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Starts the process. If that fails, the listener receives a `CannotRun`. */
  start(): void {
    const { command, args, data } = this.program;
    const argv = args.map((arg) => arg.replaceAll('{data}', data));
    // Its own process group lets signals reach its children too, and keeps Ctrl-C from it.
    const child = spawn(command, argv, { detached: true, stdio: 'pipe' });
    this.child = child;
    child.on('error', (error) => {
      if (this.child === child) this.child = undefined;
      this.listener.failure(new CannotRun(`${command} cannot be run: ${error.message}.`), null);
    });
    child.on('exit', (code, signal) => this.exited(child, code, signal));
    // A write to an ended process fails; its end is reported by `exit`.
    child.stdin.on('error', () => {});
    this.listen(child);
  }

  /** Writes a line to its standard input. Returns false if the process is down or its buffer is full. */
  deliver(line: string): boolean {
    if (this.child === undefined || this.child.stdin.writableLength > maxUnreadBytes) return false;
    this.child.stdin.write(`${line}\n`);
    return true;
  }

  /** Sends a signal to the process and its children, if it is up. */
  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    if (this.child?.pid !== undefined) signalGroup(this.child.pid, signal);
  }

  /** Kills the process. Resolves when it has ended. */
  async kill(): Promise<void> {
    const { child } = this;
    if (child === undefined) return;
    this.child = undefined;
    if (child.pid === undefined) return;
    const exited = once(child, 'exit');
    signalGroup(child.pid, 'SIGKILL');
    await exited;
  }

  /** Kills the process. Resolves when its log is written. */
  async end(): Promise<void> {
    await this.kill();
    await new Promise((resolve) => this.log.end(resolve));
  }

  /** A failure of this node, quoting the last lines of its standard error. */
  failure(what: string): NodeFailure {
    const { log } = this.program;
    if (this.latestStderr.length === 0)
      return new NodeFailure(`${what}\n${this.name} wrote nothing to standard error.`);
    const last = this.latestStderr.map((line) => `  ${line}`).join('\n');
    return new NodeFailure(`${what}\nThe last of its standard error, all of which is in ${log}:\n${last}`);
  }

  private listen(child: ChildProcessWithoutNullStreams): void {
    const [messages, stderrLines] = [new LineAssembler(this.name), new LineAssembler(this.name)];
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      try {
        for (const line of messages.take(piece)) this.listener.message(messageOf(this.name, line));
      } catch (error) {
        // Nothing reads its further output, so nothing buffers it either.
        child.stdout.removeAllListeners('data').pause();
        if (!(error instanceof NodeFailure)) throw error;
        // An explanation on standard error may arrive later, on the other pipe.
        setTimeout(() => this.listener.failure(this.failure(error.message), null), 100);
      }
    });
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      this.log.write(piece);
      for (const line of linesOf(stderrLines, piece)) this.keepStderr(line);
    });
  }

  private keepStderr(line: string): void {
    const printable = line.slice(0, 1000).replaceAll(/(?!\t)\p{C}/gu, '\u{FFFD}');
    this.latestStderr.push(printable);
    if (this.latestStderr.length > stderrLinesKept) this.latestStderr.shift();
    this.listener.stderrLine(printable);
  }

  /** Reports the end of a process that was not killed by us. */
  private exited(child: ChildProcessWithoutNullStreams, code: number | null, signal: string | null): void {
    if (this.child !== child) return;
    this.child = undefined;
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
    const how = code === null ? `was ended by ${signal}` : `exited with code ${code}`;
    const report = (): void => this.listener.failure(this.failure(`${this.name} ${how} unexpectedly.`), code);
    // Its last output may arrive after its end; `close` follows all output.
    child.once('close', report);
  }
}

/** Lines of standard error. One that is too long is dropped, and does not end the test. */
function linesOf(lines: LineAssembler, piece: string): readonly string[] {
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
    // ESRCH: it has ended in the meantime.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
