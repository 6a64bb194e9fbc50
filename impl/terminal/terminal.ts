export { colours } from './colours.ts';

/** How wide a line may be. Fixed where nobody looks at a terminal, so that the same input gives the same bytes. */
export function terminalWidth(): number {
  return process.stdout.isTTY === true ? process.stdout.columns : 120;
}

/**
 * Live progress on standard error: one line that is rewritten on a terminal, and a line every ten seconds elsewhere.
 * Standard output is left to results.
 */
export class Progress {
  private shown = performance.now();
  private readonly isTerminal = process.stderr.isTTY === true;

  /** Shows how things stand, if it is time to. */
  show(text: () => string): void {
    const now = performance.now();
    if (now - this.shown < (this.isTerminal ? 100 : 10_000)) return;
    this.shown = now;
    process.stderr.write(this.isTerminal ? `\r\x1b[K${text()}` : `${text()}\n`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.isTerminal) process.stderr.write('\r\x1b[K');
  }
}

/** Whether Ctrl-C was pressed since; from now on it no longer ends the process at once. A second time it does. */
export function watchForInterrupt(): () => boolean {
  let interrupted = false;
  process.once('SIGINT', () => {
    interrupted = true;
  });
  return () => interrupted;
}
