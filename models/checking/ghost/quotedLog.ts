import type { Log, LogSuffix, Replica } from '../../../impl/index.ts';

/**
 * The log of a view as a message describes it: the sender's own log of that view, ending with the suffix that
 * the message carries. Undefined if the sender has since entered another view, or lacks or has dropped the
 * entries before the suffix.
 */
export function quotedLog(sender: Replica, viewNumber: number, suffix: LogSuffix): Log | undefined {
  const { lastNormalView, log } = sender;
  return lastNormalView !== viewNumber || log.length < suffix.after || suffix.opNumber < log.base
    ? undefined
    : suffix.onto(log);
}
