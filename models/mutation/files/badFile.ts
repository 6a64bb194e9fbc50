/** Thrown for a file of a mutation run that makes no sense. Its message names the file, and the line if it can. */
export class BadFile extends Error {
  override readonly name = 'BadFile';
}

/** The code of an error of the file system, such as ENOENT. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
