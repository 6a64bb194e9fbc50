import type { Message, Output, Replica } from '../../../impl/index.ts';
import type { ReplicaStep } from '../../../models/checking/invariants/invariant.ts';

/*
 * Steps that no replica took, made of steps that one did. The protocol forbids each, so that a mapping that accepts it has a mistake.
 */

/** Changes a step to one that is forbidden. Undefined if this step does not suit. */
export type Falsification = (step: ReplicaStep) => ReplicaStep | undefined;

export const falsifications = {
  'answers a request that it has not executed': withOutputs((output) => {
    if (output.type !== 'reply' || output.message.type !== 'REPLY') return output;
    const { requestNumber } = output.message;
    return { ...output, message: { ...output.message, requestNumber: requestNumber + 1000 } };
  }),
  'prepares more than it holds': saying((message) =>
    message.type === 'PREPARE' ? { ...message, opNumber: message.opNumber + 1 } : undefined,
  ),
  'prepares another entry than it holds': saying((message) => {
    if (message.type !== 'PREPARE' || message.suffix.opNumber === message.suffix.after) return undefined;
    const { source, after, opNumber } = message.suffix;
    if (!('base' in source)) return undefined;
    const another = { ...source.at(opNumber), operation: 'another' };
    return {
      ...message,
      suffix: source
        .prefix(opNumber - 1)
        .append(another)
        .suffix(after),
    };
  }),
  'acknowledges in a later view': saying((message) =>
    message.type === 'PREPAREOK' ? { ...message, viewNumber: message.viewNumber + 1 } : undefined,
  ),
  'votes with too high a commit-number': saying((message) =>
    message.type === 'DOVIEWCHANGE' ? { ...message, commitNumber: message.commitNumber + 1000 } : undefined,
  ),
  'starts a view with too high a commit-number': saying((message) =>
    message.type === 'STARTVIEW' ? { ...message, commitNumber: message.commitNumber + 1000 } : undefined,
  ),
  'recovers and tells a later view': saying((message) =>
    message.type === 'RECOVERY' ? { ...message, viewNumber: message.viewNumber + 1 } : undefined,
  ),
  'answers a recovering replica with more than it holds': saying((message) =>
    message.type === 'RECOVERYRESPONSE' && message.state !== null
      ? { ...message, state: { ...message.state, opNumber: message.state.opNumber + 1 } }
      : undefined,
  ),
  'has executed less than before': becoming(({ commitNumber }) =>
    commitNumber > 0 ? { commitNumber: commitNumber - 1 } : undefined,
  ),
  'has moved back in a view change': becoming(({ viewNumber, lastNormalView }) =>
    viewNumber > lastNormalView + 1 ? { viewNumber: viewNumber - 1 } : undefined,
  ),
  'holds another last entry': becoming(({ log }) => {
    const { length } = log;
    if (length <= log.base) return undefined;
    return { log: log.prefix(length - 1).append({ ...log.at(length), operation: 'another' }) };
  }),
  'holds an entry that it was not told': becoming(({ log }, { executed: { history } }) => {
    const { length } = history;
    if (length === 0) return undefined;
    return { log: log.append({ ...history.at(length), operation: 'another' }) };
  }),
  'counts more acknowledgements than were sent': becoming(({ acknowledged }) => ({
    acknowledged: acknowledged.map((held) => held + 1000),
  })),
  'has restarted twice': (step) => ({ ...step, now: { ...step.now, incarnation: step.now.incarnation + 1 } }),
  'counts votes that were not sent': (step) => ({
    ...step,
    ghostState: {
      ...step.ghostState,
      sent: step.ghostState.sent.map((summary) => ({ ...summary, everVotedView: 0 })),
    },
  }),
  'counts votes of the view before': (step) => {
    const { replica } = step.old;
    if (replica === undefined || replica.doViewChanges.length === 0) return undefined;
    const doViewChanges = replica.doViewChanges.map((vote) => ({ ...vote, viewNumber: vote.viewNumber - 1 }));
    return { ...step, old: { ...step.old, replica: { ...replica, doViewChanges } } };
  },
  'answers a recovering replica with less than that has acknowledged': (step) => ({
    ...step,
    ghostState: {
      ...step.ghostState,
      sent: step.ghostState.sent.map((summary) => ({
        ...summary,
        acknowledgedView: step.now.replica?.viewNumber ?? 0,
        acknowledged: 1000,
      })),
    },
  }),
  'has its own vote only in memory': (step) => {
    const earlier = ({ disk }: ReplicaStep['old']) => ({
      ...disk,
      image: { ...disk.image, viewNumber: disk.image.viewNumber - 1 },
    });
    const { old, now } = step;
    if (old.disk.image.viewNumber === 0 || old.disk.image !== now.disk.image) return undefined;
    return { ...step, old: { ...old, disk: earlier(old) }, now: { ...now, disk: earlier(now) } };
  },
} satisfies Record<string, Falsification>;

export type FalsificationName = keyof typeof falsifications;

/** A message to other replicas is another one. */
function saying(another: (message: Message) => Message | undefined): Falsification {
  return withOutputs((output) =>
    output.type === 'send' ? { ...output, message: another(output.message) ?? output.message } : output,
  );
}

function withOutputs(change: (output: Output) => Output): Falsification {
  return (step) => {
    const { last } = step.after;
    return (
      last && { ...step, after: { ...step.after, last: { ...last, outputs: last.outputs.map(change) } } }
    );
  };
}

/** The replica is in another state after the step. */
function becoming(
  change: (replica: Replica, step: ReplicaStep) => Partial<Replica> | undefined,
): Falsification {
  return (step) => {
    const { replica } = step.now;
    const changed =
      replica === undefined || replica.status === 'recovering' ? undefined : change(replica, step);
    if (replica === undefined || changed === undefined) return undefined;
    return { ...step, now: { ...step.now, replica: { ...replica, ...changed } } };
  };
}
