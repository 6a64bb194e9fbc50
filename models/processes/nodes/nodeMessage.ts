import { z } from 'zod';

/** Thrown when a node violates the protocol. The error message begins with the name of the node. */
export class NodeFailure extends Error {
  override readonly name = 'NodeFailure';
}

/** A line that a node printed, with the fields that the workbench reads. Bodies between nodes are not interpreted. */
export interface NodeMessage {
  /** The sender's name. A node may forward a client's request in the name of the client. */
  readonly src: string;
  readonly dest: string;
  readonly body: unknown;
  /** The line itself, which is forwarded unchanged. */
  readonly line: string;
}

/** The most characters in a line. */
export const maxLineLength = 2 ** 24;

/** The error of a field that is missing or has another form. */
export const must = (what: string) => ({
  error: ({ input }: { readonly input?: unknown }): string =>
    input === undefined ? 'is missing' : `must be ${what}`,
});
const name = z.string(must('a string'));
const envelope = z.looseObject(
  { src: name, dest: name, body: z.unknown() },
  must('an object with src, dest and body'),
);

/** Reads a line that a node printed. Throws a `NodeFailure` if it is not a message. */
export function messageOf(node: string, line: string): NodeMessage {
  const { src, dest, body } = parsedAs(envelope, node, parsed(node, line), 'a message');
  return { src, dest, body, line };
}

/** Parses a value that a node sent. Throws a `NodeFailure` if it does not match the schema. `what` names the value. */
export function parsedAs<Schema extends z.ZodType>(
  schema: Schema,
  node: string,
  value: unknown,
  what: string,
): z.output<Schema> {
  try {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    throw new NodeFailure(
      `${node} sent ${what} that is malformed: ${reasonOf(result.error)}. It sent: ${shortened(JSON.stringify(value))}`,
    );
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new NodeFailure(`${node} sent ${what} that is nested too deeply to be read.`);
  }
}

function reasonOf({ issues: [issue] }: z.ZodError): string {
  if (issue === undefined) return 'it has another form';
  const field = issue.path.length === 0 ? 'it' : `"${issue.path.join('.')}"`;
  // A field parsed from JSON always matches the union of JSON values, so it can only be missing.
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

/** At most 200 characters of a text, with unprintable ones replaced. */
export function shortened(text: string): string {
  const printable = text.slice(0, 200).replaceAll(/\p{C}/gu, '\u{FFFD}');
  return text.length > 200 ? `${printable} … (${text.length} characters)` : printable;
}
