import type { Setup } from '../../world/world.ts';
import type { RunCommand } from '../run/command.ts';

/** One run's group and commands. */
export interface Schedule {
  readonly setup: Setup;
  /** The name of the fault profile that drew it. */
  readonly faultProfile: string;
  readonly commands: Iterable<RunCommand>;
}
