import type { Json } from '../../../impl/index.ts';

/** The kinds of EDN values that JSON lacks. A `float` is one that JSON would not tell from a whole number. */
const kinds = [
  'keyword',
  'symbol',
  'char',
  'ratio',
  'float',
  'integer',
  'decimal',
  'set',
  'map',
  'tagged',
] as const;
type Kind = (typeof kinds)[number];

/** A value that JSON lacks, as a record with one member, such as `{"#keyword": "a"}`: equal exactly if the EDN values are. */
export function marked(kind: Kind, content: Json): Json {
  return { [`#${kind}`]: content };
}

/** The kind and the content of a marked value, or undefined if the value is not marked. */
export function markIn(value: Json): { readonly kind: Kind; readonly content: Json } | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const members = Object.entries(value);
  const [name, content] = members[0] ?? [];
  const kind = kinds.find((one) => name === `#${one}`);
  return members.length === 1 && kind !== undefined && content !== undefined ? { kind, content } : undefined;
}

/** The text of a keyword, or of any other value that is a text; otherwise undefined. */
export function nameIn(value: Json | undefined): string | undefined {
  if (typeof value === 'string' || value === undefined) return value;
  const mark = markIn(value);
  return mark?.kind === 'keyword' && typeof mark.content === 'string' ? mark.content : undefined;
}
