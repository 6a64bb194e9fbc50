import { isPrimary } from '../../../../impl/index.ts';
import type { Invariant } from '../invariant.ts';

/** Any quorum has a replica that holds each committed entry. Fewer votes may all lack one. */
export const startedByQuorum: Invariant = {
  name: 'started-by-quorum',
  level: 'step',
  prose: 'A primary that starts a view during a view change has the votes of a quorum, its own among them.',
  evidence: {
    reached: { 'view-started': 50 },
    brokenBy: { mutant: 'dvc-quorum-f', replicas: 3, mode: 'durable' },
  },
  changes: 'status',
  check({ after, old, now: { replica }, number }) {
    const { event } = after.last ?? {};
    if (event?.type !== 'deliver' || replica === undefined || old.replica?.status !== 'view-change')
      return undefined;
    if (replica.status !== 'normal' || !isPrimary(replica) || old.replica.viewNumber !== replica.viewNumber)
      return undefined;
    const { message } = event.packet;
    const told = message.type === 'DOVIEWCHANGE' ? [message.replicaNumber] : [];
    const voters = new Set([number, ...old.replica.doViewChanges.map((vote) => vote.replicaNumber), ...told]);
    return voters.size >= after.configuration.quorum
      ? undefined
      : `It starts view ${replica.viewNumber} with the votes of ${voters.size} only.`;
  },
};
