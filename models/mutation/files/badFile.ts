/** Thrown for a file that is not in its format. The message names the file, and the line where there is one. */
export class BadFile extends Error {
  override readonly name = 'BadFile';
}

/** The code of an error of the file system, such as ENOENT. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
