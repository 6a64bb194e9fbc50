import type { Message } from '../../replica/data/messages.ts';
import type { Replica } from '../../replica/data/replica.ts';
import { noReplicas, sizeOf } from '../../replica/data/replicaSet.ts';
import { callersOf } from '../../replica/transitions/view.ts';
import type { ObservedState } from './observedState.ts';

/**
 * How many replicas are known after a step to have moved to the view, this one included. A view that has started keeps no calls:
 * where it started in the step that received this message, they are those from before and those that the message names.
 */
export function callsAfter(replica: Replica, before: ObservedState, message: Message | undefined): number {
  if (replica.status === 'view-change') return sizeOf(replica.startViewChanges) + 1;
  const named = message?.type === 'STARTVIEWCHANGE' ? callersOf(message, replica.replicaNumber) : noReplicas;
  return sizeOf(before.startViewChanges | named) + 1;
}
