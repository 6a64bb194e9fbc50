export { colours } from './colours.ts';

/** The width of a line, in characters. It is fixed off a terminal, so that the same input gives the same bytes. */
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

  /** Shows the progress, if enough time has passed since the last. */
  show(text: () => string): void {
    const now = performance.now();
    if (now - this.shown < (this.isTerminal ? 100 : 10_000)) return;
    this.shown = now;
    process.stderr.write(this.isTerminal ? `\r\x1b[K${text()}` : `${text()}\n`);
  }

  /** Clears the line. */
  clear(): void {
    if (this.isTerminal) process.stderr.write('\r\x1b[K');
  }
}

/** Yields whether Ctrl-C was pressed. The first time it does not end the process; the second time it does. */
export function watchForInterrupt(): () => boolean {
  let interrupted = false;
  process.once('SIGINT', () => {
    interrupted = true;
  });
  return () => interrupted;
}

/** Does work with a signal that the first Ctrl-C aborts. The second one ends the process, as each does before and after the work. */
export async function untilInterrupted<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const onInterrupt = (): void => controller.abort();
  process.once('SIGINT', onInterrupt);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}
