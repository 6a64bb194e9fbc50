import xxhash from 'xxhash-wasm';
import { layout } from '../envelope.ts';

const { h64ToString } = await xxhash();

/** The length of the header with which each file of frames begins, in bytes. */
export const headerLength = 128;

/** What a file of frames holds. */
export type FramedKind = 'log' | 'checkpoint';

/** Which file of frames it is, of those that a storage has. */
export interface FramedFile {
  readonly kind: FramedKind;
  readonly number: number;
  /** The name of the storage: 16 hexadecimal digits. */
  readonly store: string;
}

/** A header is a line of text, its checksum, and spaces: `head -c 128 FILE` shows it. */
export function encodeHeader(file: FramedFile): Buffer {
  const text = textOf(file);
  return Buffer.from(`${text}${h64ToString(text)}`.padEnd(headerLength - 1).concat('\n'));
}

/** Why these bytes are not the header of the file, or undefined if they are. */
export function headerProblem(bytes: Buffer, file: FramedFile): string | undefined {
  return bytes.equals(encodeHeader(file)) ? undefined : 'its header is corrupt';
}

/** The storage that a file belongs to by its header, or undefined if the header is corrupt. */
export function storeIn(bytes: Buffer, kind: FramedKind, number: number): string | undefined {
  const [, store = ''] = /storage ([0-9a-f]{16}),/.exec(bytes.toString('latin1')) ?? [];
  return headerProblem(bytes, { kind, number, store }) === undefined ? store : undefined;
}

/** The layout that the header names, if its checksum is right. In all layouts a header is a line of text that ends with it. */
export function layoutIn(bytes: Buffer): number | undefined {
  const line = /^(viewstamped \w+, layout (\d{1,9}),.*checksum )([0-9a-f]{16}) *\n/.exec(
    bytes.toString('latin1'),
  );
  const [, text = '', found, checksum] = line ?? [];
  return h64ToString(text) === checksum ? Number(found) : undefined;
}

/** The seed of the checksums in a file, which no other file of any storage has. */
export function seedOf({ kind, number, store }: FramedFile): bigint {
  const side = kind === 'checkpoint' ? 1n << 63n : 0n;
  return BigInt(`0x${store}`) ^ BigInt(number) ^ side;
}

/** The name of the file in its directory. */
export function nameOf({ kind, number }: Pick<FramedFile, 'kind' | 'number'>): string {
  return `${kind}-${String(number).padStart(16, '0')}`;
}

/** The numbers of the files of this kind among these names, ascending. */
export function numbersIn(names: readonly string[], kind: FramedKind): readonly number[] {
  return names
    .flatMap((name) => {
      const [, digits] = /^\w+-(\d{16})$/.exec(name) ?? [];
      const number = Number(digits);
      return digits !== undefined && name === nameOf({ kind, number }) ? [number] : [];
    })
    .sort((one, other) => one - other);
}

function textOf({ kind, number, store }: FramedFile): string {
  return `viewstamped ${kind}, layout ${layout}, storage ${store}, number ${number}, checksum `;
}
