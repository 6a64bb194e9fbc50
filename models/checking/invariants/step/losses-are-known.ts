import { isEmptied } from '../../../world/disk.ts';
import type { Invariant } from '../invariant.ts';

/** Each quorum of a later view then includes one that knows whose votes are forgotten. */
export const lossesAreKnown: Invariant = {
  name: 'losses-are-known',
  level: 'step',
  prose:
    'When a replica that lost its storage becomes normal again, f + 1 others have stored durably that it lost its memory, ' +
    'unless they lost their own since.',
  evidence: {
    reached: { 'storage-lost-recovered': 5 },
    brokenBy: { mutant: 'loss-not-noted', replicas: 3, mode: 'durable' },
  },
  changes: 'status',
  check({ old, now: { replica }, number, after }) {
    if (replica?.status !== 'normal' || old.replica?.status !== 'recovering' || !isEmptied(old.disk))
      return undefined;
    // A founder begins with the storage that it has, whatever it lost before.
    if (replica.membership.founders[number] === old.disk.name) return undefined;
    const { generationOf } = after.implementation;
    const generation = generationOf(replica.membership, number);
    const knowing = after.machines.filter(
      ({ disk }, other) =>
        other !== number && (isEmptied(disk) || generationOf(disk.image.membership, number) >= generation),
    ).length;
    const { tolerated } = replica.configuration;
    if (generation > 0 && knowing > tolerated) return undefined;
    return `It became normal after loss ${generation} of its memory, and ${knowing} others have stored that it lost it.`;
  },
};
