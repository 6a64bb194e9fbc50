/** A group is set up wrongly. The message says what is wrong, where, and what to do. */
export class SetupError extends Error {
  override readonly name: string = 'SetupError';
}
