import type { Setup } from '../../world/world.ts';
import type { TrialCommand } from '../commands/choice.ts';

/** What one run does: which group is put on trial, and by which commands. */
export interface Schedule {
  readonly setup: Setup;
  /** The name of the profile that drew it, or undefined for a shrunk schedule. */
  readonly profile: string | undefined;
  readonly commands: Iterable<TrialCommand>;
}
