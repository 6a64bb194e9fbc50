/** Something is wrong with how a group is set up. The message says what, where, and what to do. */
export class SetupError extends Error {
  override readonly name: string = 'SetupError';
}
