import type { Replica } from '../../../../impl/index.ts';
import type { Invariant, ReplicaStep } from '../invariant.ts';

/** A replica that forgets how far it came can vote or acknowledge twice. */
export const neverBackwards: Invariant = {
  name: 'never-backwards',
  level: 'step',
  prose:
    'The view-number, the last normal view and the commit-number of a running replica never decrease. ' +
    'After a restart none is below what stable storage held, nor the view below one in which the replica ' +
    'has sent a message.',
  evidence: {
    reached: { 'view-started': 50, 'message-outlives-sender': 20 },
    brokenBy: { mutant: 'view-not-durable', replicas: 3, mode: 'durable' },
  },
  check(step) {
    const { old, now } = step;
    if (now.replica === undefined) return undefined;
    return old.replica === undefined
      ? afterRestart(step, now.replica)
      : whileRunning(old.replica, now.replica);
  },
};

function whileRunning(old: Replica, now: Replica): string | undefined {
  if (now.viewNumber < old.viewNumber)
    return `The view-number went back from ${old.viewNumber} to ${now.viewNumber}.`;
  if (now.lastNormalView < old.lastNormalView) {
    return `The last normal view went back from ${old.lastNormalView} to ${now.lastNormalView}.`;
  }
  if (now.commitNumber >= old.commitNumber) return undefined;
  return `The commit-number went back from ${old.commitNumber} to ${now.commitNumber}.`;
}

function afterRestart({ old, number, ghostState }: ReplicaStep, now: Replica): string | undefined {
  const sent = ghostState.sent[number]?.latestView ?? 0;
  if (now.viewNumber < sent)
    return `It sent a message in view ${sent}, and restarted in view ${now.viewNumber}.`;
  const { image } = old.disk;
  if (
    now.viewNumber >= image.viewNumber &&
    now.lastNormalView >= image.lastNormalView &&
    now.commitNumber >= image.commitNumber
  ) {
    return undefined;
  }
  const held = `view ${image.viewNumber}, last normal ${image.lastNormalView}, commit-number ${image.commitNumber}`;
  return `It restarted with less than its stable storage held: ${held}.`;
}
