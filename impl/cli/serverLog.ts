import type { Logger } from 'pino';
import type { ServerObserver, Standing } from '../node/server.ts';
import { describeReason } from '../replica/data/reasons.ts';
import { isPrimary, type Status } from '../replica/data/replica.ts';
import type { Input } from '../replica/step.ts';

/** What of a replica was logged last. */
interface LoggedState {
  readonly status: Status;
  readonly view: number;
  readonly role: 'primary' | 'backup';
}

/** Logs the replica's status, view and role, its connections, and problems, for an operator. */
export function logObserver(log: Logger): Partial<ServerObserver> {
  let last: LoggedState | undefined;
  const connections = new Map<number | undefined, string>();
  const refused = new Set<string>();
  return {
    onStep: (replica, input, outputs) => {
      const { status, viewNumber: view, log: entries, commitNumber } = replica;
      if (status !== last?.status || view !== last.view) {
        const role = isPrimary(replica) ? 'primary' : 'backup';
        const because = status === 'view-change' && last !== undefined ? causeOf(input, last) : undefined;
        const numbers = { op: entries.length, commit: commitNumber };
        log.info(
          { status, view, role, ...numbers, ...(because === undefined ? {} : { because }) },
          statusMessages[status],
        );
        last = { status, view, role };
      }
      for (const output of outputs) {
        if (output.type === 'failed')
          log.error(
            { op: output.opNumber, client: output.request.clientId, reason: output.problem },
            'the service failed at this operation, which changed nothing',
          );
        if (output.type === 'alarm') log.error(describeReason(output.reason));
        if (output.type === 'rejected') log.warn(`rejected: ${describeReason(output.reason)}`);
        if (output.type === 'dropped') log.trace(describeReason(output.reason));
        if (output.type === 'restored') log.info({ op: output.opNumber }, 'restored a checkpoint');
      }
    },
    onStanding: (standing) => logStanding(log, standing),
    onWaiting: (missing) => log.debug({ missing }, 'waiting for the other replicas'),
    onDenied: (by, denial, reason) => log.error({ by, denial }, `not admitted: ${reason}`),
    onConnection: (state, to, reason) => {
      const isRepeated = connections.get(to) === reason;
      connections.set(to, reason);
      log[isRepeated ? 'debug' : 'info']({ to, ...(reason === '' ? {} : { reason }) }, state);
    },
    onRejected: (from, reason) => log.warn({ from, reason }, 'rejected'),
    onRefused: (client, because, reason) => {
      const level = refused.has(reason) ? 'debug' : 'warn';
      refused.add(reason);
      log[level]({ client, because, reason }, 'refused a request');
    },
    onUnsent: (to, reason) => log.debug({ to, reason }, 'not sent'),
  };
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
