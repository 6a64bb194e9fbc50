/**
 * What fits in a message. All of it derives from one number, the bytes of a frame, so that no state of a replica needs a
 * message that cannot be sent.
 *
 * Contents are measured in characters of JSON. Each takes three bytes at most, in JSON (UTF-8) and in MessagePack alike.
 */
export interface Limits {
  /** The most bytes of a message. */
  readonly frameBytes: number;
  /** The most characters of JSON that a message carries: log entries, a result, or parts of a checkpoint. */
  readonly contentChars: number;
  /** The most characters of JSON of an operation: less, because its entry names the client. */
  readonly operationChars: number;
}

/** Bytes for a character of JSON. */
const bytesPerChar = 3;
/**
 * Bytes for everything in a message that is bounded by itself: the names of its fields, numbers, digests, and one name of 256
 * characters, of which each may take six bytes.
 */
const envelopeBytes = 2048;
/** Bytes for everything in an entry except its operation. */
const entryBytes = 2048;
/** No operation is larger, so that many fit in a message. */
const mostOperationChars = 64 * 1024;

/** Every configuration accepts operations of so many characters. */
const leastOperationChars = 64;

/** The least bytes of a frame. */
const leastFrameBytes = envelopeBytes + entryBytes + leastOperationChars * bytesPerChar;

/** What fits in frames of so many bytes. */
export function limitsOf(frameBytes: number): Limits {
  const contentChars = Math.floor((frameBytes - envelopeBytes) / bytesPerChar);
  const operationChars = Math.floor((frameBytes - envelopeBytes - entryBytes) / bytesPerChar);
  return { frameBytes, contentChars, operationChars: Math.min(operationChars, mostOperationChars) };
}

/** Why messages of frames of so many bytes cannot carry so many characters of log entries, in a sentence; undefined if they can. */
export function maxCharsProblem(maxChars: number, frameBytes: number): string | undefined {
  const needed = maxChars * bytesPerChar + envelopeBytes;
  if (needed <= frameBytes) return undefined;
  const { contentChars } = limitsOf(frameBytes);
  return (
    `${maxChars} characters of ${bytesPerChar} bytes and ${envelopeBytes} bytes around them make ${needed} bytes, and a ` +
    `frame has ${frameBytes}: allow ${contentChars} characters or fewer, or frames of ${needed} bytes or more`
  );
}

/** Why frames may not have so few bytes, in a sentence; undefined if they may. */
export function frameProblem(frameBytes: number): string | undefined {
  return frameBytes >= leastFrameBytes
    ? undefined
    : `a message takes ${envelopeBytes} bytes, an entry of the log in it ${entryBytes}, and a small operation ${leastOperationChars * bytesPerChar}, ` +
        `which makes ${leastFrameBytes} bytes, and a frame has ${frameBytes}: allow frames of ${leastFrameBytes} bytes or more`;
}
