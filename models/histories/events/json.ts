import type { Json } from '../../../impl/index.ts';
import { markIn } from './marked.ts';

/** A value as JSON text with sorted names, and what JSON lacks as in EDN. Two values are equal exactly if their texts are. */
export function textOf(value: Json): string {
  if (isList(value)) return `[${value.map(textOf).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const mark = markIn(value);
  if (mark !== undefined) return ednOf(mark, textOf);
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${textOf(member)}`).join()}}`;
}

/** A marked value in EDN. `part` writes the values in it. */
export function ednOf(
  { kind, content }: NonNullable<ReturnType<typeof markIn>>,
  part: (value: Json) => string,
): string {
  const text = typeof content === 'string' ? content : '';
  const parts = isList(content) ? content : [];
  switch (kind) {
    case 'keyword':
      return `:${text}`;
    case 'char':
      return `\\${text}`;
    case 'float':
      return floats[text] ?? (/^-?\d+$/.test(text) ? `${text}.0` : text);
    case 'decimal':
      return `${text}M`;
    case 'symbol':
    case 'ratio':
    case 'integer':
      return text;
    case 'set':
      return `#{${parts.map(part).join(' ')}}`;
    case 'map':
      return `{${parts.map((pair) => (isList(pair) ? pair.map(part).join(' ') : '')).join(', ')}}`;
    case 'tagged': {
      const [tag, value = null] = parts;
      return `#${typeof tag === 'string' ? tag : ''} ${part(value)}`;
    }
  }
}

const floats: Readonly<Record<string, string>> = { NaN: '##NaN', Infinity: '##Inf', '-Infinity': '##-Inf' };

/** Whether two values are equal, whatever the order of their names. */
export function same(one: Json, other: Json): boolean {
  return one === other || (typeof one === 'object' && textOf(one) === textOf(other));
}

export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

export function isRecord(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !isList(value);
}
