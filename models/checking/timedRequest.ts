/** A request to a group at rest, made when its machines' clocks had been set and reported. */
export interface TimedRequest {
  /** What the clocks show that are right: all, or all except the primary's. */
  readonly clock: number;
  readonly primaryClock: number;
  /** The agreed time before the request, and that of the request. */
  readonly before: number;
  readonly time: number;
  /** How many alarms about clocks were raised since the clocks were set or, where all are right, since they were reported. */
  readonly alarms: number;
}
