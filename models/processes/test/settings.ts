import type { Fault } from '../faults/plan.ts';
import type { NetworkConditions } from '../network/networkConditions.ts';
import type { Workload } from '../workload/workload.ts';

/** The settings of a test. Times are in milliseconds. */
export interface TestSettings {
  readonly seed: number;
  readonly nodes: number;
  /** The number of clients. */
  readonly concurrency: number;
  /** The mean number of operations that begin in a second. */
  readonly rate: number;
  /** How long operations and faults go on. */
  readonly duration: number;
  /** How long the service may fail to answer after all faults have ended. */
  readonly recovery: number;
  readonly networkConditions: NetworkConditions;
  readonly workload: Workload;
  readonly plan: readonly Fault[];
}
