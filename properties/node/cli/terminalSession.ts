import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { root } from '../../root.ts';

/** A program in a terminal of its own, which `script` provides. What is typed is sent as keys. */
export class TerminalSession {
  private readonly child: ChildProcess;
  private readonly home = mkdtempSync(join(tmpdir(), 'viewstamped-'));
  private shown = '';
  private seen = 0;
  private code: number | null | undefined;

  constructor(command: string) {
    // It shows the device of the terminal first.
    this.child = spawn('script', ['-qefc', `tty; exec ${command}`, '/dev/null'], {
      cwd: root,
      // The history of the user who runs the tests is left alone.
      env: { ...process.env, HOME: this.home, NO_COLOR: '1', TERM: 'xterm' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.child.stdout?.on('data', (data: Buffer) => {
      this.shown += data.toString('utf8');
    });
    this.child.on('exit', (code) => {
      this.code = code;
    });
  }

  /** Types these keys. Enter is \r, Ctrl-C \x03. */
  type(keys: string): void {
    this.child.stdin?.write(keys);
  }

  /** Gives the terminal this size, which the kernel tells the program. */
  resize(columns: number, rows: number): void {
    const device = /^\S+/.exec(this.shown)?.[0] ?? '';
    const { status, stderr } = spawnSync('stty', ['-F', device, 'cols', `${columns}`, 'rows', `${rows}`]);
    if (status !== 0) throw new Error(`The terminal was not resized: ${String(stderr)}`);
  }

  /** Waits until this text was shown after all that was waited for before. */
  async until(text: string): Promise<void> {
    for (;;) {
      const at = this.shown.indexOf(text, this.seen);
      if (at >= 0) {
        this.seen = at + text.length;
        return;
      }
      if (this.code !== undefined) throw new Error(`It ended without ${JSON.stringify(text)}: ${this.shown}`);
      await setTimeout(10);
    }
  }

  /** Waits for the end. Yields the exit code. */
  async end(): Promise<number | null> {
    while (this.code === undefined) await setTimeout(10);
    return this.code;
  }

  close(): void {
    this.child.kill();
    rmSync(this.home, { recursive: true, force: true });
  }
}
