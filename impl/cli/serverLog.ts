import type { Logger } from 'pino';
import { inWords } from '../node/outage/outage.ts';
import type { ServerObserver, Standing } from '../node/server.ts';
import { describeReason } from '../replica/data/reasons.ts';
import { isPrimary, type Status } from '../replica/data/replica.ts';
import type { Input } from '../replica/step.ts';
import { RepeatedLines } from './repeatedLines.ts';

/** What of a replica was logged last. */
interface LoggedState {
  readonly status: Status;
  readonly view: number;
  readonly role: 'primary' | 'backup';
}

/**
 * Logs the replica's status, view and role, its connections, and problems, for an operator. Lines that repeat are counted. `now`: milliseconds,
 * which only grow.
 */
export function logObserver(log: Logger, now: () => number): Partial<ServerObserver> {
  let last: LoggedState | undefined;
  const lines = new RepeatedLines(now);
  /** What others send may be anything, and must hide nothing that this replica says of itself. */
  const foreign = new RepeatedLines(now);
  /** Logs a line, unless it repeats an earlier one with its key: then it is counted, and logged at `debug`. */
  const countedBy =
    (counter: RepeatedLines) =>
    (level: 'info' | 'warn' | 'error', key: string, fields: object, text: string, burst = 1): void => {
      const times = counter.take(key, burst);
      log[times === undefined ? 'debug' : level](fields, `${text}${times ?? ''}`);
    };
  const counted = countedBy(lines);
  const countedForeign = countedBy(foreign);
  const alarm = (reason: string): void => counted('error', `alarm ${reason}`, {}, reason);
  const rejected = (reason: string): void =>
    countedForeign('warn', `rejected ${reason}`, {}, `rejected: ${reason}`);
  /** By replica: why the connection to it was lost last. */
  const lost = new Map<number | undefined, string>();
  return {
    onStep: (replica, input, outputs) => {
      const { status, viewNumber: view, log: entries, commitNumber } = replica;
      if (status !== last?.status || view !== last.view) {
        const role = isPrimary(replica) ? 'primary' : 'backup';
        const because = status === 'view-change' && last !== undefined ? causeOf(input, last) : undefined;
        const numbers = { op: entries.length, commit: commitNumber };
        const fields = { status, view, role, ...numbers, ...(because === undefined ? {} : { because }) };
        // While no view starts, one follows the other.
        const isRepeated = status === 'view-change' && last?.status === status;
        if (isRepeated) counted('info', 'view', fields, statusMessages[status], 3);
        else log.info(fields, statusMessages[status]);
        if (status === 'normal') lines.forget('view');
        last = { status, view, role };
      }
      for (const output of outputs) {
        if (output.type === 'failed')
          countedForeign(
            'error',
            `failed ${output.problem}`,
            { op: output.opNumber, client: output.request.clientId, reason: output.problem },
            'the service failed at this operation, which changed nothing',
            someLines,
          );
        if (output.type === 'alarm') alarm(describeReason(output.reason));
        if (output.type === 'rejected') rejected(describeReason(output.reason));
        if (output.type === 'dropped') log.trace(describeReason(output.reason));
        if (output.type === 'restored') log.info({ op: output.opNumber }, 'restored a checkpoint');
      }
    },
    onStanding: (standing) => logStanding(log, standing),
    onWaiting: (missing) => log.debug({ missing }, 'waiting for the other replicas'),
    onOutage: (outage, lasted) => {
      if (outage === undefined) return log.info(`the replica takes part again, after ${inWords(lasted)}`);
      const { code, awaited, text, duration } = outage;
      log.warn({ outage: code, awaited }, `for ${inWords(duration)}: ${text}`);
    },
    onOtherSettings: (from, differences) =>
      countedForeign(
        'warn',
        `settings ${from} ${differences}`,
        { from, settings: differences },
        'another replica has other settings: both go on, and should have the same',
      ),
    onDenied: (by, denial, reason) =>
      counted('error', `denied ${by} ${withoutPorts(reason)}`, { by, denial }, `not admitted: ${reason}`),
    onConnection: (state, to, reason) => {
      // A connection that was made may be lost for the same reason again.
      if (state === 'connected') lines.forget(`lost ${to} ${lost.get(to)}`);
      else lost.set(to, withoutPorts(reason));
      const key = state === 'connected' ? `connected ${to}` : `lost ${to} ${lost.get(to)}`;
      const fields = { to, ...(reason === '' ? {} : { reason }) };
      counted('info', key, fields, state, state === 'connected' ? someLines : 1);
    },
    onRejected: (from, reason) =>
      countedForeign(
        'warn',
        `rejected ${withoutPorts(from)} ${withoutPorts(reason)}`,
        { from, reason },
        'rejected',
      ),
    onRefused: (client, because, reason) =>
      countedForeign('warn', `refused ${reason}`, { client, because, reason }, 'refused a request'),
    onUnsent: (to, reason) => log.debug({ to, reason }, 'not sent'),
  };
}

/** How many lines of a kind that is told in full come before they are counted. */
const someLines = 10;

/** A text that is the same for each connection of a machine. */
function withoutPorts(text: string): string {
  return text.replace(/:\d+\b/g, '');
}

/** Why the replica has moved to a view that has not started, in part of a sentence. */
function causeOf(input: Input, before: LoggedState): string | undefined {
  if (input.type === 'message')
    return 'replicaNumber' in input.message
      ? `replica ${input.message.replicaNumber} calls for it`
      : undefined;
  if (input.type !== 'timer') return undefined;
  if (before.status === 'view-change') return `view ${before.view} has not started in time`;
  return before.status === 'normal' && before.role === 'primary'
    ? 'no quorum answers this primary'
    : 'the primary is silent';
}

const statusMessages = {
  normal: 'ready',
  'view-change': 'changing the view',
  'state-transfer': 'fetching missing entries',
  recovering: 'recovering',
} as const;

function logStanding(log: Logger, standing: Standing): void {
  switch (standing) {
    case 'waiting':
      return log.info('its storage is new: waits for the group to be founded, or to hear of it');
    case 'lost':
      return log.warn(
        'the group was founded without this storage, which is new or was lost: recovers from the others',
      );
    case 'member':
      return log.info('takes part in its group');
  }
}
