import type { Log, LogSuffix, Replica } from '../../../impl/index.ts';

/**
 * The log of a view as its sender quotes it: the sender's own log of that view, with the end that the message carries.
 * Undefined where the sender has gone on to another view meanwhile, or lacks what comes before that end or what is in it.
 */
export function quotedLog(sender: Replica, viewNumber: number, suffix: LogSuffix): Log | undefined {
  const { lastNormalView, log } = sender;
  return lastNormalView !== viewNumber || log.length < suffix.after || suffix.opNumber < log.base
    ? undefined
    : suffix.onto(log);
}
