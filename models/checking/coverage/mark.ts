import type { ClientMessage, Message, Output } from '../../../impl/index.ts';
import type { Event } from '../../world/event.ts';
import type { Machine, World } from '../../world/world.ts';
import type { GhostState } from '../ghost/ghostState.ts';
import type { StepFilter } from '../stepFilter.ts';

/** One event and the worlds around it, as the coverage marks see them. */
export interface Moment {
  readonly before: World;
  readonly after: World;
  /** The ghost state before the event. */
  readonly ghostState: GhostState;
  readonly event: Event;
  /** The machine of the replica that took a step, before and after it; undefined if none did. */
  readonly old: Machine | undefined;
  readonly now: Machine | undefined;
  readonly outputs: readonly Output[];
}

/**
 * An interesting event that runs should reach. A safety property holds trivially in a run in which little
 * happens, so each search reports how often each coverage mark was reached.
 */
export interface CoverageMark extends StepFilter {
  /** In kebab-case, unique. */
  readonly name: string;
  /** The event, in a sentence. */
  readonly prose: string;
  reached(moment: Moment): boolean;
  /** The kinds of moments in which it can be reached, so that the others need not ask; all by default. */
  readonly on?: readonly MomentKind[] | typeof replicaSteps;
}

/** The type of a moment's event, or of the message that it delivers. */
export type MomentKind = Exclude<Event['type'], 'deliver'> | (Message | ClientMessage)['type'];

/** The kind of the moment of an event. */
export function kindOf(event: Event): MomentKind {
  return event.type === 'deliver' ? event.packet.message.type : event.type;
}

/** Said of a coverage mark that can be reached in every moment in which a replica takes a step. */
export const replicaSteps = 'replica-steps';

/** By kind: whether a replica takes a step in such a moment. */
const stepsReplica: Readonly<Record<MomentKind, boolean>> = {
  ...{ timer: true, sync: true, crash: true, restart: true },
  ...{ clock: false, drop: false, duplicate: false, partition: false, heal: false },
  ...{
    request: false,
    end: false,
    retry: false,
    'restart-client': false,
    REPLY: false,
    FAILED: false,
    EVICTED: false,
  },
  ...{ REQUEST: true, PREPARE: true, PREPAREOK: true, COMMIT: true, COMMITOK: true },
  ...{ STARTVIEWCHANGE: true, DOVIEWCHANGE: true, STARTVIEW: true },
  ...{ GETSTATE: true, NEWSTATE: true, GETCHECKPOINT: true, CHECKPOINT: true },
  ...{ RECOVERY: true, RECOVERING: true, RECOVERYRESPONSE: true, FOUNDED: true },
};

/** Whether the coverage mark can be reached in moments of this kind. */
export function isReachable({ on }: CoverageMark, kind: MomentKind): boolean {
  return on === replicaSteps ? stepsReplica[kind] : on === undefined || on.includes(kind);
}

/** Whether the event delivers a message of this type. */
export function arrived({ event }: Moment, type: string): boolean {
  return event.type === 'deliver' && event.packet.message.type === type;
}

/** Whether the step sent a message of this type. */
export function sends({ outputs }: Moment, type: string): boolean {
  return outputs.some((output) => output.type === 'send' && output.message.type === type);
}
