import type { Chance } from '../../processes/chance.ts';
import type { ClientProgram } from '../clientProgram.ts';
import type { Machine } from '../machine.ts';
import type { RoomNetwork } from '../network.ts';
import type { ReplicaMachine } from '../replicaMachine.ts';

/** What faults strike. */
export interface Room {
  readonly network: RoomNetwork;
  readonly replicas: readonly ReplicaMachine[];
  /** The programs that run now. */
  readonly programs: ClientProgram[];
  readonly chance: Chance;
  /** How often all was made well. */
  readonly round: number;
  /** Ends a client's process, and starts another in its place. */
  replaceClient(at: number): void;
}

/** Strikes once. Yields what ends it. */
export type Fault = (room: Room) => () => void;

/** The end of a fault that is over at once, or that ends when all is made well. */
export const nothing = (): void => undefined;

/** One of the list. */
export function picked<T>(list: readonly T[], chance: Chance): T {
  const found = list[chance.below(list.length)];
  if (found === undefined) throw new RangeError('There is nothing to pick from.');
  return found;
}

/** Two of the list; undefined if there are fewer. */
export function pickedTwo<T>(list: readonly T[], chance: Chance): readonly [T, T] | undefined {
  const [one, other] = chance.shuffled(list);
  return one === undefined || other === undefined ? undefined : [one, other];
}

/** The replicas whose directories and files are as they should be. None, while the group is being founded. */
export function settled({ replicas }: Room): readonly ReplicaMachine[] {
  if (replicas.some(({ hasJoined }) => !hasJoined)) return [];
  return replicas.filter(({ isDestroyed, awaitsOperator }) => !isDestroyed && !awaitsOperator);
}

/** All machines of replicas and clients. */
export function allOf({ replicas, programs }: Room): readonly Machine[] {
  return [...replicas, ...programs].map(({ machine }) => machine);
}

/** Of so many replicas a group of this size survives the loss. */
export function mostDestroyed(size: number): number {
  return Math.floor((size - 1) / 2);
}

/**
 * A replica whose storage may be destroyed now. The group survives that of `f` replicas at once; undefined if so many have not come back
 * yet.
 */
export function expendable(room: Room): ReplicaMachine | undefined {
  const { replicas, chance } = room;
  const whole = settled(room);
  return replicas.length - whole.length < mostDestroyed(replicas.length) ? picked(whole, chance) : undefined;
}
