import { NotExecutedError, RequestError } from '../node/client/errors.ts';
import { SetupError } from '../node/cluster/setupError.ts';
import { UsageError } from '../terminal/arguments.ts';
import type { Json } from '../tree/json.ts';
import { formatResult, type KeyValueCommand } from './keyValueCommands.ts';

/** What comes of a command: an exit code, and what is printed. */
export interface Answer {
  readonly code: number;
  readonly lines?: readonly string[];
  readonly error?: { readonly name: string; readonly message: string };
}

/** The answer to a request, or what is known without one. Throws a UsageError if the group never executes it. */
export async function answerTo(
  request: Promise<Json>,
  { succeeds }: KeyValueCommand,
  linesOf = (result: Json): readonly string[] => [formatResult(result)],
): Promise<Answer> {
  try {
    const result = await request;
    return { code: succeeds(result) ? 0 : 1, lines: linesOf(result) };
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    if (error.cause instanceof SetupError) throw error.cause;
    if (error instanceof NotExecutedError && ['invalid', 'too-large'].includes(error.reason))
      throw new UsageError(error.message);
    return { code: exitCodes[error.name], error };
  }
}

const exitCodes = { MaybeExecutedError: 3, ExecutionFailedError: 4, NotExecutedError: 5 } as const;

/** How answers are printed. */
export interface Printing {
  /** What stands before a result. */
  readonly prefix?: string;
  /** What stands before an error. */
  readonly errorPrefix?: string;
  /** Whether an error is a line of JSON on standard output too. */
  readonly json?: boolean;
}

/** Prints the answer: results to standard output, an error to standard error. Yields its exit code. */
export function print(
  { code, lines = [], error }: Answer,
  { prefix = '', errorPrefix = '', json = false }: Printing,
): number {
  for (const line of lines) process.stdout.write(`${prefix}${line}\n`);
  if (error === undefined) return code;
  const { name, message } = error;
  if (json) process.stdout.write(`${JSON.stringify({ error: name, message })}\n`);
  else process.stderr.write(`${errorPrefix}${name === 'UsageError' ? '' : `${name}: `}${message}\n`);
  return code;
}
