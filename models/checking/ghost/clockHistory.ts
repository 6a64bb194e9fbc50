import { firstClock, firstClocks } from '../../world/reading.ts';
import type { World } from '../../world/world.ts';

/** A change of one machine's clock. */
export interface ClockChange {
  /** The latest view that any replica had reached before it. It never decreases from one change to the next. */
  readonly view: number;
  readonly replica: number;
  readonly time: number;
}

/** The changes with the one that the last event of the world `after` made, if it made one. */
export function withClockChange(
  changes: readonly ClockChange[],
  before: World,
  after: World,
): readonly ClockChange[] {
  const event = after.last?.event;
  if (event?.type !== 'clock') return changes;
  const views = before.machines.map(({ replica, disk }) => (replica ?? disk.image).viewNumber);
  const view = Math.max(changes.at(-1)?.view ?? 0, ...views);
  return [...changes, { view, replica: event.replica, time: event.time }];
}

/** By replica: the latest time that its machine's clock has shown since the view began. */
export function latestSince(
  changes: readonly ClockChange[],
  viewNumber: number,
  replicas: number,
): readonly number[] {
  const latest = [...firstClocks(replicas)];
  for (const { view, replica, time } of changes) {
    // A change before the view replaces what the clock showed before.
    latest[replica] = view < viewNumber ? time : Math.max(latest[replica] ?? 0, time);
  }
  return latest;
}

/** Whether the machine's clock has shown this time since the view began. */
export function hasShown(
  changes: readonly ClockChange[],
  viewNumber: number,
  replica: number,
  time: number,
  replicas: number,
): boolean {
  let before = firstClock(replicas, replica);
  for (const change of changes) {
    if (change.replica !== replica) continue;
    if (change.view < viewNumber) before = change.time;
    else if (change.time === time) return true;
  }
  return before === time;
}

/** The latest time that a quorum of these clocks have reached. */
export function reachedByQuorum(clocks: readonly number[], quorum: number): number {
  return [...clocks].sort((one, other) => other - one)[quorum - 1] ?? 0;
}
