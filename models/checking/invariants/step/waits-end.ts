import type { Replica, Timer } from '../../../../impl/index.ts';
import { timerBit } from '../../../world/world.ts';
import type { Invariant } from '../invariant.ts';

/**
 * No message is certain to arrive, so only a timer ends a wait. The waits, and the timers that end them:
 *
 * | a replica that | waits for | until the timer |
 * |---|---|---|
 * | recovers | answers to RECOVERY | `resend` |
 * | changes views | a quorum, and then the new primary | `resend` and `suspect` |
 * | fetches the log of a later view | the log, and that view's primary | `resend` and `suspect` |
 * | is a normal backup | its primary | `suspect` |
 * | is a normal backup, and fetches entries | those entries | `resend` |
 * | is a normal primary with backups | the next request | `heartbeat` |
 * | is a normal primary with backups | word from a quorum | `suspect` |
 * | is a normal primary with backups, and has uncommitted entries | acknowledgements | `resend` |
 *
 * A client that has outstanding requests waits for answers until its retry timer.
 */
export const waitsEnd: Invariant = {
  name: 'waits-end',
  level: 'step',
  prose:
    'Every wait has an armed timer that ends it. A replica that recovers, fetches, changes views or has ' +
    'uncommitted entries at the primary repeats its messages; a primary sends heartbeats; any replica that ' +
    'does not recover gives up its view in time; a client repeats its outstanding requests.',
  evidence: {
    reached: { answered: 200, 'view-started': 50, 'transfer-in-view': 2 },
    brokenBy: { mutant: 'fetches-without-timer', replicas: 3, mode: 'durable' },
  },
  check({ after, now: { replica, timers } }) {
    if (replica === undefined) return undefined;
    const missing = waitsOf(replica, after.implementation.isPrimary(replica)).find(
      ({ timer }) => (timers & timerBit[timer]) === 0,
    );
    return missing && `It ${missing.doing}, and its timer ${missing.timer} is not armed.`;
  },
  checkClient({ now: { client, retryArmed } }) {
    if (client.outstanding.length === 0 || retryArmed) return undefined;
    return 'It has outstanding requests, and its retry timer is not armed.';
  },
};

/** What a replica waits for, and the timer that ends the wait. */
interface Wait {
  readonly doing: string;
  readonly timer: Timer;
}

function waitsOf(replica: Replica, isPrimary: boolean): readonly Wait[] {
  switch (replica.status) {
    case 'recovering':
      return [{ doing: 'recovers', timer: 'resend' }];
    case 'view-change':
    case 'state-transfer':
      return both(replica.status === 'view-change' ? 'changes views' : 'fetches the log of a later view');
    case 'normal':
      if (replica.configuration.size === 1) return [];
      return isPrimary ? waitsOfPrimary(replica) : waitsOfBackup(replica);
  }
}

function both(doing: string): readonly Wait[] {
  return [
    { doing, timer: 'resend' },
    { doing, timer: 'suspect' },
  ];
}

function waitsOfPrimary({ log, commitNumber }: Replica): readonly Wait[] {
  const idle: readonly Wait[] = [
    { doing: 'is the primary', timer: 'heartbeat' },
    { doing: 'is the primary', timer: 'suspect' },
  ];
  if (log.length === commitNumber) return idle;
  return [...idle, { doing: 'has uncommitted entries as the primary', timer: 'resend' }];
}

function waitsOfBackup({ transfer }: Replica): readonly Wait[] {
  const follows: Wait = { doing: 'is a backup', timer: 'suspect' };
  if (transfer === undefined) return [follows];
  return [follows, { doing: 'fetches entries that it missed', timer: 'resend' }];
}
