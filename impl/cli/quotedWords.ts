/** A quotation in the line does not end. */
export class QuoteError extends Error {
  override readonly name = 'QuoteError';
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '0': '\0' };

/**
 * Splits a line into words. A word in single quotes is taken as it is. In double quotes `\n`, `\r`, `\t`, `\0`, `\xNN` and
 * `\uNNNN` stand for other characters, and `\` before any other character stands for that character. Throws a QuoteError if
 * a quotation does not end.
 */
export function splitWords(line: string): readonly string[] {
  const words: string[] = [];
  const pattern = /\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s"']\S*)|(["']))/gsy;
  for (let match = pattern.exec(line); match !== null; match = pattern.exec(line)) {
    const [, double, single, bare] = match;
    if (double === undefined && single === undefined && bare === undefined)
      throw new QuoteError('A quotation does not end. Add the closing quotation mark.');
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
