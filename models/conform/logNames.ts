import { Log } from '../../spec/protocol/index.ts';
import type { Line, LogName } from './format/line.ts';

type TracedLog = NonNullable<Line['log']>;

/** The logs of a run by the names that its traces give them: an op-number and a checksum. */
export class LogNames {
  readonly empty = Log.empty();
  private readonly logs = new Map<string, Log>();
  private readonly checksums = new WeakMap<Log, string>();

  /** The log with this name, if a line has shown it. */
  find({ opNumber, checksum }: LogName): Log | undefined {
    return opNumber === 0 ? this.empty : this.logs.get(`${opNumber}:${checksum}`);
  }

  /** The log of a line, or why no log can be named so. */
  take({ after, entries }: TracedLog): Log | string {
    let log = this.find(after);
    if (log === undefined)
      return `It names a log of ${after.opNumber} entries, ${after.checksum}, that no line has shown.`;
    for (const [checksum, clientId, session, requestNumber, time, random, operation] of entries) {
      log = log.with({ clientId, session, requestNumber, operation, predicted: { time, random } });
      const known = this.checksums.get(log);
      if (known !== undefined && known !== checksum)
        return `The log of ${log.length} entries has the checksum ${checksum}, and had ${known} before.`;
      if (known !== undefined) continue;
      const name = `${log.length}:${checksum}`;
      if (this.logs.has(name))
        return `Two different logs of ${log.length} entries have the checksum ${checksum}.`;
      this.logs.set(name, log);
      this.checksums.set(log, checksum);
    }
    return log;
  }
}
