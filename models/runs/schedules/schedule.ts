import type { Setup } from '../../world/world.ts';
import type { RunCommand } from '../run/command.ts';

/** What one run does: which group is put on run, and by which commands. */
export interface Schedule {
  readonly setup: Setup;
  /** The name of the fault profile that drew it, or undefined for a shrunk schedule. */
  readonly faultProfile: string | undefined;
  readonly commands: Iterable<RunCommand>;
}
