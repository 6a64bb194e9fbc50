import { z } from 'zod';

/** Thrown when a node does what no node may. The message begins with the name of the node. */
export class NodeFailure extends Error {
  override readonly name = 'NodeFailure';
}

/** A line that a node printed, and what the workbench has to know of it. Nodes may say to each other what they like. */
export interface Message {
  /** In whose name it is sent. A node may pass on a client's request in the name of the client. */
  readonly src: string;
  readonly dest: string;
  readonly body: unknown;
  /** The line itself, which is passed on as it is. */
  readonly line: string;
}

/** The most characters that a line may have. */
export const longestLine = 2 ** 24;

/** What is said of a field that is not what it must be. */
export const must = (what: string) => ({
  error: ({ input }: { readonly input?: unknown }): string =>
    input === undefined ? 'is missing' : `must be ${what}`,
});
const name = z.string(must('a string'));
const envelope = z.looseObject(
  { src: name, dest: name, body: z.unknown() },
  must('an object with src, dest and body'),
);

/** Reads a line that a node printed. Throws a `NodeFailure` for what is no message. */
export function messageOf(node: string, line: string): Message {
  const { src, dest, body } = checked(envelope, node, parsed(node, line), 'a message');
  return { src, dest, body, line };
}

/** What a node said of the right form, or else a `NodeFailure`. */
export function checked<Schema extends z.ZodType>(
  schema: Schema,
  node: string,
  value: unknown,
  what: string,
): z.output<Schema> {
  try {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    throw new NodeFailure(
      `${node} sent ${what} that is none: ${complaintOf(result.error)}. It said: ${shortened(JSON.stringify(value))}`,
    );
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new NodeFailure(`${node} sent ${what} that is nested too deeply to be read.`);
  }
}

function complaintOf({ issues: [issue] }: z.ZodError): string {
  if (issue === undefined) return 'it is something else';
  const field = issue.path.length === 0 ? 'it' : `"${issue.path.join('.')}"`;
  // Whatever came as JSON is a value of JSON, unless it did not come at all.
  return `${field} ${issue.code === 'invalid_union' ? 'is missing' : issue.message}`;
}

function parsed(node: string, line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new NodeFailure(
      `${node} printed a line that is not JSON. Standard output is for messages, standard error for ` +
        `everything else. The line is: ${shortened(line)}`,
    );
  }
}

/** As much of a text as is safe to print and short enough to read. */
export function shortened(text: string): string {
  const printable = text.slice(0, 200).replaceAll(/\p{C}/gu, '\u{FFFD}');
  return text.length > 200 ? `${printable} … (${text.length} characters)` : printable;
}
