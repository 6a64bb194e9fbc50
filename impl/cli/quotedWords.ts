/** Thrown where a line cannot be cut into words. */
export class QuoteError extends Error {
  override readonly name = 'QuoteError';
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '0': '\0' };

/**
 * The words of a line that somebody typed. A word may be put in single quotes, where every character stands for itself, or
 * in double quotes, where `\n`, `\r`, `\t`, `\0`, `\xNN` and `\uNNNN` stand for other characters, and `\` before any
 * other one for that one. Throws a QuoteError if a quotation does not end.
 */
export function splitWords(line: string): readonly string[] {
  const words: string[] = [];
  const pattern = /\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s"']\S*)|(["']))/gsy;
  for (let match = pattern.exec(line); match !== null; match = pattern.exec(line)) {
    const [, double, single, bare] = match;
    if (double === undefined && single === undefined && bare === undefined)
      throw new QuoteError('A quotation does not end. Put a quotation mark where it should.');
    words.push(double === undefined ? (single ?? bare ?? '') : unescaped(double));
  }
  return words;
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))/gs, (_, byte, unit, other) => {
    const code = byte ?? unit;
    if (typeof code === 'string') return String.fromCharCode(Number.parseInt(code, 16));
    return escapes[String(other)] ?? String(other);
  });
}
