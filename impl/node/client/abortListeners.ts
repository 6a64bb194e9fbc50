/** What is called when a signal is aborted. */
class AbortListeners {
  private readonly signal: AbortSignal;
  private readonly callBacks = new Set<() => void>();

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  add(callBack: () => void): void {
    if (this.callBacks.size === 0) this.signal.addEventListener('abort', this.callAll);
    this.callBacks.add(callBack);
  }

  remove(callBack: () => void): void {
    this.callBacks.delete(callBack);
    if (this.callBacks.size === 0) this.signal.removeEventListener('abort', this.callAll);
  }

  private readonly callAll = (): void => {
    for (const callBack of this.callBacks) callBack();
  };
}

const bySignal = new WeakMap<AbortSignal, AbortListeners>();

/**
 * Calls back when the signal is aborted, unless the function that it returns is called before. A signal has one listener for all
 * requests and watches that it ends: Node warns of a leak where there are more than ten.
 */
export function onAbort(signal: AbortSignal | undefined, callBack: () => void): () => void {
  if (signal === undefined) return () => undefined;
  const listeners = bySignal.get(signal) ?? new AbortListeners(signal);
  bySignal.set(signal, listeners);
  listeners.add(callBack);
  return () => listeners.remove(callBack);
}
