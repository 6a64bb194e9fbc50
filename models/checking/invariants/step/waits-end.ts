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
    for (const { doing, timer } of waitsOf(replica, after.implementation.isPrimary(replica)))
      if ((timers & timerBit[timer]) === 0) return `It ${doing}, and its timer ${timer} is not armed.`;
    return undefined;
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
      return ofRecovering;
    case 'view-change':
      return ofViewChange;
    case 'state-transfer':
      return ofTransfer;
    case 'normal':
      if (replica.configuration.size === 1) return [];
      if (isPrimary) return replica.log.length === replica.commitNumber ? ofIdlePrimary : ofPrimary;
      return replica.transfer === undefined ? ofBackup : ofFetchingBackup;
  }
}

// The lists are made once, since every step is asked.
const ofRecovering: readonly Wait[] = [{ doing: 'recovers', timer: 'resend' }];
const ofViewChange = both('changes views');
const ofTransfer = both('fetches the log of a later view');
const ofIdlePrimary: readonly Wait[] = [
  { doing: 'is the primary', timer: 'heartbeat' },
  { doing: 'is the primary', timer: 'suspect' },
];
const ofPrimary: readonly Wait[] = [
  ...ofIdlePrimary,
  { doing: 'has uncommitted entries as the primary', timer: 'resend' },
];
const ofBackup: readonly Wait[] = [{ doing: 'is a backup', timer: 'suspect' }];
const ofFetchingBackup: readonly Wait[] = [
  ...ofBackup,
  { doing: 'fetches entries that it missed', timer: 'resend' },
];

function both(doing: string): readonly Wait[] {
  return [
    { doing, timer: 'resend' },
    { doing, timer: 'suspect' },
  ];
}
