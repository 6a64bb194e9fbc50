import type { DeliveryOrder } from '../commands/network/deliver.ts';

/** How often each kind of command is drawn, relative to the others. */
export interface Weights {
  readonly deliver: number;
  readonly sync: number;
  readonly request: number;
  readonly retry: number;
  readonly restartClient: number;
  readonly heartbeat: number;
  readonly resend: number;
  readonly suspect: number;
  readonly interrupt: number;
  readonly askAgain: number;
  readonly drop: number;
  readonly duplicate: number;
  readonly partition: number;
  readonly heal: number;
  readonly crash: number;
  readonly restart: number;
  readonly lose: number;
  readonly clock: number;
}

/**
 * A mixture of faults and an order of delivery. Each run draws one, because no single mixture reaches every
 * coverage mark.
 */
export interface FaultProfile {
  readonly name: string;
  readonly prose: string;
  readonly order: DeliveryOrder;
  readonly weights: Weights;
}

const baseline: Weights = {
  deliver: 60,
  sync: 20,
  request: 8,
  retry: 1,
  restartClient: 0.3,
  heartbeat: 2,
  resend: 2,
  suspect: 1.5,
  interrupt: 6,
  askAgain: 8,
  drop: 1,
  duplicate: 1,
  partition: 0.3,
  heal: 0.6,
  crash: 0.4,
  restart: 1.5,
  lose: 0.05,
  clock: 0,
};

/** Every fault profile. Each stands for a kind of trouble, and none for a particular bug. */
export const faultProfiles: readonly FaultProfile[] = [
  {
    name: 'storm',
    prose: 'Everything happens, and messages arrive in any order.',
    order: 'any',
    weights: {
      ...baseline,
      suspect: 4,
      duplicate: 3,
      drop: 4,
      crash: 1.5,
      restart: 3,
      partition: 0.6,
      clock: 1,
    },
  },
  {
    name: 'orderly',
    prose: 'Messages mostly arrive in the order of sending, and many requests are executed between faults.',
    order: 'oldest',
    weights: { ...baseline, suspect: 2, crash: 0.6 },
  },
  {
    name: 'held',
    prose:
      'The newest messages arrive first, and some old ones only after the group has proceeded without them.',
    order: 'newest',
    weights: { ...baseline, suspect: 3, duplicate: 2, crash: 0.5 },
  },
  {
    name: 'links',
    prose: 'Some links are much slower than others.',
    order: 'links',
    weights: { ...baseline, suspect: 3, drop: 0.5, crash: 0.8, restart: 2 },
  },
  {
    name: 'kinds',
    prose: 'For each replica some types of message are much slower than others.',
    order: 'kinds',
    weights: { ...baseline, suspect: 3, heartbeat: 5, crash: 0.5 },
  },
  {
    name: 'laggard',
    prose: 'One replica receives few messages, and late, while the others change views without it.',
    order: 'laggard',
    weights: { ...baseline, suspect: 2, heartbeat: 4, crash: 0.5 },
  },
  {
    name: 'isolation',
    prose: 'Single replicas are cut off, time out and reconnect.',
    order: 'oldest',
    weights: { ...baseline, suspect: 2.5, partition: 2, heal: 2, heartbeat: 6, crash: 0.2 },
  },
  {
    name: 'crashes',
    prose: 'Machines crash and restart often, while their earlier messages are still on their way.',
    order: 'newest',
    weights: { ...baseline, suspect: 3, crash: 4, lose: 0.5, restart: 8, sync: 14 },
  },
  {
    name: 'elections',
    prose: 'Views change often, with few requests in between.',
    order: 'any',
    weights: { ...baseline, suspect: 9, request: 5, duplicate: 2 },
  },
  {
    name: 'unannounced',
    prose:
      'One replica learns of new views only from their normal messages, and fetches the entries that it missed.',
    order: 'unannounced',
    weights: { ...baseline, suspect: 3, heartbeat: 6, resend: 5, crash: 0.3 },
  },
  {
    name: 'amnesia',
    prose:
      'Machines crash again soon after a restart, and messages to their earlier incarnations still arrive.',
    order: 'kinds',
    weights: { ...baseline, suspect: 1, resend: 8, duplicate: 4, crash: 6, restart: 14 },
  },
  {
    name: 'forgetful',
    prose: 'Machines lose their storage one after the other, and their calls and votes still arrive.',
    order: 'late-calls',
    weights: {
      ...baseline,
      suspect: 1,
      interrupt: 0,
      askAgain: 0.5,
      retry: 0,
      request: 3,
      heartbeat: 0.5,
      resend: 1,
      sync: 40,
      drop: 0,
      duplicate: 0.2,
      partition: 0,
      crash: 0,
      lose: 3,
      restart: 20,
    },
  },
  {
    name: 'outdated',
    prose: 'Answers arrive only after their receiver has crashed and asks for the same again.',
    order: 'late-answers',
    weights: {
      ...baseline,
      suspect: 0.5,
      interrupt: 0.2,
      resend: 3,
      askAgain: 12,
      drop: 3,
      duplicate: 2,
      crash: 3,
      restart: 10,
      lose: 0.3,
    },
  },
  {
    name: 'losses',
    prose: 'Many messages are lost and must be sent again.',
    order: 'any',
    weights: { ...baseline, drop: 25, resend: 6, retry: 3, heartbeat: 4, suspect: 2 },
  },
  {
    name: 'clocks',
    prose: 'Clocks run at different speeds, and sometimes jump, forwards or back.',
    order: 'oldest',
    weights: { ...baseline, clock: 14, request: 14, suspect: 2.5, crash: 0.5 },
  },
];
