import type { PrepareOk } from '../../../../impl/index.ts';
import type { Invariant, ReplicaStep } from '../invariant.ts';

/** A quorum of acknowledgements must be a quorum of logs. */
export const acksAreHeld: Invariant = {
  name: 'acks-are-held',
  level: 'step',
  prose:
    'A replica acknowledges an op-number only if it holds the log up to there: in diskless mode in ' +
    'memory, and in durable mode on stable storage, as the log of that view.',
  evidence: {
    reached: { answered: 200 },
    brokenBy: { mutant: 'ack-before-durable', replicas: 3, mode: 'durable' },
  },
  outputs: ['PREPAREOK'],
  check(step) {
    for (const output of step.after.last?.outputs ?? []) {
      if (output.type !== 'send' || output.message.type !== 'PREPAREOK') continue;
      const seen = unbacked(step, output.message);
      if (seen !== undefined) return seen;
    }
    return undefined;
  },
};

function unbacked(
  { now, after, ghostState }: ReplicaStep,
  { opNumber, viewNumber }: PrepareOk,
): string | undefined {
  const { replica } = now;
  if (replica === undefined) return 'A machine that is down acknowledged something.';
  const durable = after.configuration.mode === 'durable';
  const held = durable ? now.disk.image.log : replica.log;
  const where = durable ? 'on stable storage' : 'in memory';
  if (held.length < opNumber) return `It acknowledged entry ${opNumber} and holds ${held.length} ${where}.`;
  // An acknowledgement that waited for a write may be sent after its view, when the log is another view's.
  if (replica.lastNormalView !== viewNumber || replica.log.length < opNumber) return undefined;
  const agree = ghostState.identities.commonLength(replica.log, held);
  return agree >= opNumber ? undefined : `It acknowledged entry ${opNumber}, and holds another log ${where}.`;
}
