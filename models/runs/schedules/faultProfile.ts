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
  readonly drop: number;
  readonly duplicate: number;
  readonly partition: number;
  readonly heal: number;
  readonly crash: number;
  readonly restart: number;
}

/** A way of making trouble. Each run draws one, for no single mixture reaches everything. */
export interface FaultProfile {
  readonly name: string;
  readonly prose: string;
  readonly order: DeliveryOrder;
  readonly weights: Weights;
}

const calm: Weights = {
  deliver: 60,
  sync: 20,
  request: 8,
  retry: 1,
  restartClient: 0.3,
  heartbeat: 2,
  resend: 2,
  suspect: 1.5,
  interrupt: 6,
  drop: 1,
  duplicate: 1,
  partition: 0.3,
  heal: 0.6,
  crash: 0.4,
  restart: 1.5,
};

/** Every fault profile. Each stands for a kind of bad day, and none for a particular bug. */
export const faultProfiles: readonly FaultProfile[] = [
  {
    name: 'storm',
    prose: 'Everything happens, and messages arrive in any order.',
    order: 'any',
    weights: { ...calm, suspect: 4, duplicate: 3, drop: 4, crash: 1.5, restart: 3, partition: 0.6 },
  },
  {
    name: 'orderly',
    prose: 'Messages mostly arrive in the order in which they were sent, and much gets done between faults.',
    order: 'oldest',
    weights: { ...calm, suspect: 2, crash: 0.6 },
  },
  {
    name: 'held',
    prose:
      'The newest messages arrive first, and some old ones long after: also after all has been settled without them.',
    order: 'newest',
    weights: { ...calm, suspect: 3, duplicate: 2, crash: 0.5 },
  },
  {
    name: 'links',
    prose: 'Some links are much slower than others: what was sent on them arrives long after.',
    order: 'links',
    weights: { ...calm, suspect: 3, drop: 0.5, crash: 0.8, restart: 2 },
  },
  {
    name: 'kinds',
    prose: 'For each replica some types of message are much slower than others.',
    order: 'kinds',
    weights: { ...calm, suspect: 3, heartbeat: 5, crash: 0.5 },
  },
  {
    name: 'laggard',
    prose:
      'One replica hears next to nothing, and much later, while the others go on through views without it.',
    order: 'laggard',
    weights: { ...calm, suspect: 2, heartbeat: 4, crash: 0.5 },
  },
  {
    name: 'isolation',
    prose: 'Single replicas are cut off, time out, and come back.',
    order: 'oldest',
    weights: { ...calm, suspect: 2.5, partition: 2, heal: 2, heartbeat: 6, crash: 0.2 },
  },
  {
    name: 'crashes',
    prose: 'Machines crash and restart all the time, and what they sent before is still under way.',
    order: 'newest',
    weights: { ...calm, suspect: 3, crash: 4, restart: 8, sync: 14 },
  },
  {
    name: 'elections',
    prose: 'Views change all the time, with few requests between.',
    order: 'any',
    weights: { ...calm, suspect: 9, request: 5, duplicate: 2 },
  },
  {
    name: 'unannounced',
    prose: 'One replica learns of new views only from what is done in them, and fetches what it missed.',
    order: 'unannounced',
    weights: { ...calm, suspect: 3, heartbeat: 6, resend: 5, crash: 0.3 },
  },
  {
    name: 'amnesia',
    prose:
      'Machines crash again soon after they came back, and what was said to their former selves still arrives.',
    order: 'kinds',
    weights: { ...calm, suspect: 1, resend: 8, duplicate: 4, crash: 6, restart: 14 },
  },
  {
    name: 'losses',
    prose: 'Much of what is sent is lost, and must be sent again.',
    order: 'any',
    weights: { ...calm, drop: 25, resend: 6, retry: 3, heartbeat: 4, suspect: 2 },
  },
];
