import { types } from 'node:util';
import { runInNewContext } from 'node:vm';

/**
 * Does synchronous work that Ctrl-C ends at once, wherever it is, and then calls the listeners for SIGINT. Yields whether the work was
 * done to its end. What it was about to change in several steps may be changed in part.
 */
export function interruptible(work: () => void): boolean {
  try {
    // Only code that this call runs can be interrupted without a turn of the event loop.
    runInNewContext('work()', { work }, { breakOnSigint: true, displayErrors: false });
    return true;
  } catch (error) {
    if (!isInterruption(error)) throw error;
    process.emit('SIGINT', 'SIGINT');
    return false;
  }
}

/** The error is one of the new context, so it is no instance of this context's Error. */
function isInterruption(error: unknown): boolean {
  return types.isNativeError(error) && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED';
}
