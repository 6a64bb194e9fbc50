import { generationOf } from '../../../spec/protocol/index.ts';
import { firstSeen, type ProtocolInvariant } from './invariant.ts';

/** What is known of storages that were lost whole. */

export const losses: readonly ProtocolInvariant[] = [
  {
    name: 'loss-is-known',
    prose:
      'Of the loss after which a replica takes part, f + 1 others know by their disks, or have lost their own storage.',
    carries:
      'The replica learns from f + 1 others of the loss before the next one; and start-view finds out by the votes of others that its own is forgotten.',
    seen: ({ state: { replicas, group } }) =>
      firstSeen([...replicas.entries()], ([number, { status, generations }]) => {
        const own = generationOf(generations, number);
        if (status !== 'up' || own === 0) return undefined;
        const knowing = replicas.filter(
          ({ disk }, other) =>
            other !== number &&
            (disk.generations === undefined || generationOf(disk.generations, number) >= own),
        ).length;
        return (
          knowing <= group.tolerated &&
          `Replica ${number} takes part after loss ${own}, of which ${knowing} others know.`
        );
      }),
  },
  {
    name: 'known-loss-was-told',
    prose: 'No replica knows of a loss that the replica concerned has not told.',
    carries: 'start-view would never count the votes of that replica again.',
    seen: ({ state: { replicas }, asked }) =>
      firstSeen([...replicas.entries()], ([number, { generations }]) => {
        const unheard = generations.findIndex(
          (generation, other) =>
            other !== number &&
            generation > 0 &&
            !asked.some((one) => one.replica === other && one.generation >= generation),
        );
        return (
          unheard >= 0 &&
          `Replica ${number} knows of loss ${generations[unheard]} of replica ${unheard}, which has not told it.`
        );
      }),
  },
  {
    name: 'learned-loss-is-new',
    prose: 'A replica that recovers has never voted after the loss that it takes for its latest.',
    carries: 'A vote from before the loss would count with those from after it.',
    seen: ({ state: { replicas }, votes }) =>
      firstSeen(votes, ({ replica, generations }) => {
        const { status, disk, generations: known = [] } = replicas[replica] ?? {};
        const own = generationOf(known, replica);
        return (
          status === 'recovering' &&
          disk?.generations === undefined &&
          own > 0 &&
          generationOf(generations, replica) >= own &&
          `Replica ${replica} recovers after loss ${own}, and has voted after it.`
        );
      }),
  },
];
