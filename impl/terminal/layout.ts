import { createColors } from 'picocolors';

/** The emphasis of a piece of text. */
export type Tone = 'plain' | 'key' | 'dim' | 'bad';

/** A piece of text and its tone. */
export interface StyledText {
  readonly text: string;
  readonly tone: Tone;
}

/** Adds the terminal codes of a tone to a text. */
export type Paint = (text: string, tone: Tone) => string;

/** Paints texts in bold, dim or red where `colours` holds, and leaves them as they are where it does not. */
export function painter(colours: boolean): Paint {
  const { bold, dim, red } = createColors(colours);
  const tones: Readonly<Record<Tone, (text: string) => string>> = {
    plain: (text) => text,
    key: bold,
    dim,
    bad: (text) => bold(red(text)),
  };
  return (text, tone) => (text === '' ? text : tones[tone](text));
}

/** The lines of one row of a table: each cell is wrapped within its column's width, in characters. */
export function row(
  cells: readonly (readonly StyledText[])[],
  widths: readonly number[],
  paint: Paint,
): readonly string[] {
  const columns = cells.map((cell, column) => wrapped(cell, widths[column] ?? 1));
  const height = Math.max(1, ...columns.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) => {
    let text = '';
    // Padding is added only before further text, so that no line ends with spaces.
    let owed = 0;
    for (const [column, lines] of columns.entries()) {
      const words = lines[line] ?? [];
      if (words.length > 0) {
        text += ' '.repeat(owed) + words.map((word) => paint(word.text, word.tone)).join(' ');
        owed = 0;
      }
      owed += (widths[column] ?? 1) - lengthOf(words) + 2;
    }
    return text;
  });
}

/** Breaks a text into indented lines of at most `width` characters. */
export function paragraph(text: string, width: number, indent: string): readonly string[] {
  const lines = wrapped([{ text, tone: 'plain' }], width - indent.length);
  return lines.map((words) => indent + words.map((word) => word.text).join(' '));
}

/**
 * Separates items by commas, and keeps each on one line if it fits. Breaks a word that is too long for the
 * column.
 */
function wrapped(items: readonly StyledText[], width: number): readonly (readonly StyledText[])[] {
  const lines: StyledText[][] = [];
  let line: StyledText[] = [];
  const need = (length: number): void => {
    if (line.length === 0 || lengthOf(line) + 1 + length <= width) return;
    lines.push(line);
    line = [];
  };
  for (const [index, { text, tone }] of items.entries()) {
    const item = index < items.length - 1 ? `${text},` : text;
    const length = [...item].length;
    if (length <= width) need(length);
    for (const word of item.split(' ').flatMap((long) => broken(long, width))) {
      need([...word].length);
      line.push({ text: word, tone });
    }
  }
  if (line.length > 0) lines.push(line);
  return lines;
}

function broken(word: string, width: number): readonly string[] {
  const characters = [...word];
  const pieces = Math.ceil(characters.length / width);
  return Array.from({ length: Math.max(1, pieces) }, (_, piece) =>
    characters.slice(piece * width, (piece + 1) * width).join(''),
  );
}

function lengthOf(words: readonly StyledText[]): number {
  return words.reduce((sum, { text }) => sum + [...text].length, 0) + Math.max(0, words.length - 1);
}
