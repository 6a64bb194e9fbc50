/** What to call when a signal is aborted. Node warns of a leak where a signal has more than ten listeners. */
const callBacks = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls back when the signal is aborted, unless the function that it returns is called before. However many requests and watches a
 * program ends by one signal, the signal has one listener of this package.
 */
export function onAbort(signal: AbortSignal | undefined, callBack: () => void): () => void {
  if (signal === undefined) return () => undefined;
  const waiting = callBacks.get(signal) ?? listenTo(signal);
  waiting.add(callBack);
  return () => waiting.delete(callBack);
}

function listenTo(signal: AbortSignal): Set<() => void> {
  const waiting = new Set<() => void>();
  callBacks.set(signal, waiting);
  const callAll = (): void => {
    for (const callBack of waiting) callBack();
  };
  signal.addEventListener('abort', callAll, { once: true });
  return waiting;
}
