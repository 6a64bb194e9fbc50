import type { Checkpoint } from '../../../replica/data/checkpoint.ts';
import type { CheckpointPart } from '../../../replica/data/messages.ts';
import { changesBetween } from '../../../tree/changes.ts';
import type { Json } from '../../../tree/json.ts';
import { Leaf, type LeafText, type TreeEntry } from '../../../tree/node.ts';
import { Tree } from '../../../tree/tree.ts';
import { lineFeed, type PlannedFrame, parseJson } from './journal/frameContent.ts';

/**
 * A frame of a checkpoint is an outline of leaves in JSON, a line feed, and the texts of the leaves, one after another. By part, the
 * outline has four numbers for each leaf: its hash, the number of its names, the characters of its text, and their bytes. A leaf that
 * is gone has no bytes.
 */
type Outline = Record<CheckpointPart, number[]>;

const parts = ['state', 'table'] as const;
const numbersOfLeaf = 4;
/** A frame is written once its leaves have so many characters, so that other work comes in between. */
const charsInFrame = 2 ** 16;

/** The frames that hold the leaves in which a checkpoint differs from the one before. */
export function* framesOfLeaves(before: Checkpoint | undefined, after: Checkpoint): Generator<PlannedFrame> {
  const { opNumber } = after;
  let outline: Outline = { state: [], table: [] };
  let texts: string[] = [];
  let chars = 0;
  for (const part of parts)
    for (const [hash, leaf] of changesBetween(before?.[part] ?? Tree.empty(), after[part])) {
      const text = leaf?.text ?? '';
      outline[part].push(hash, leaf?.size ?? 0, text.length, Buffer.byteLength(text));
      texts.push(text);
      chars += text.length;
      if (chars < charsInFrame) continue;
      yield { payload: payloadOf(outline, texts), opNumber };
      [outline, texts, chars] = [{ state: [], table: [] }, [], 0];
    }
  yield { payload: payloadOf(outline, texts), opNumber };
}

function payloadOf(outline: Outline, texts: readonly string[]): string {
  return `${JSON.stringify(outline)}\n${texts.join('')}`;
}

/** The leaves of a part: those of the first file, and what the later ones change. A table of all of them would be large. */
interface FoundLeaves {
  readonly first: Leaf<Json>[];
  readonly changes: Map<number, Leaf<Json> | undefined>;
}

/** The leaves of both parts. Those of later files replace those of the first that have the same hash. */
export class LeafTables {
  private readonly byPart: Record<CheckpointPart, FoundLeaves> = {
    state: { first: [], changes: new Map() },
    table: { first: [], changes: new Map() },
  };

  /** Takes the leaves of a frame, or yields why it has none. `isFirst`: it is of the first file. */
  take(payload: Buffer, isFirst: boolean): string | undefined {
    let from = payload.indexOf(lineFeed) + 1;
    const outline = parseJson(payload.toString('latin1', 0, from));
    if (!isOutline(outline)) return 'a frame has no outline of its leaves';
    for (const part of parts) {
      const { first, changes } = this.byPart[part];
      const numbers = outline[part];
      for (let at = 0; at < numbers.length; at += numbersOfLeaf) {
        const [hash = 0, size = 0, weight = 0, bytes = 0] = numbers.slice(at, at + numbersOfLeaf);
        const text = new StoredText(payload, from, bytes, size, weight);
        const leaf = bytes === 0 ? undefined : Leaf.ofText(hash, text);
        if (!isFirst) changes.set(hash, leaf);
        else if (leaf !== undefined) first.push(leaf);
        from += bytes;
      }
    }
    return from === payload.length ? undefined : 'the leaves of a frame are not those of its outline';
  }

  tree(part: CheckpointPart): Tree {
    return Tree.ofLeaves(this.leaves(part));
  }

  private *leaves(part: CheckpointPart): Generator<Leaf<Json>> {
    const { first, changes } = this.byPart[part];
    for (const leaf of first) if (!changes.has(leaf.hash)) yield leaf;
    for (const leaf of changes.values()) if (leaf !== undefined) yield leaf;
  }
}

function isOutline(value: unknown): value is Outline {
  return (
    typeof value === 'object' &&
    value !== null &&
    'state' in value &&
    'table' in value &&
    [value.state, value.table].every(
      (numbers) =>
        Array.isArray(numbers) &&
        numbers.length % numbersOfLeaf === 0 &&
        numbers.every((number) => Number.isSafeInteger(number)),
    )
  );
}

/**
 * The text of a leaf, within the bytes of its frame. It becomes entries when they are first asked for: most of a large state is not, for a
 * long time. That needs no validation, because the digest in the superblock says that it is the text of a leaf which this replica had.
 */
class StoredText implements LeafText<Json> {
  readonly size: number;
  readonly weight: number;
  private readonly payload: Buffer;
  private readonly from: number;
  private readonly length: number;

  constructor(payload: Buffer, from: number, length: number, size: number, weight: number) {
    this.size = size;
    this.weight = weight;
    this.payload = payload;
    this.from = from;
    this.length = length;
  }

  get bytes(): Uint8Array {
    return this.payload.subarray(this.from, this.from + this.length);
  }

  get text(): string {
    return this.payload.toString('utf8', this.from, this.from + this.length);
  }

  entries(): readonly TreeEntry<Json>[] {
    const entries = parseJson(this.text);
    if (!areEntries(entries)) throw new Error('The text of a leaf is not what its digest says.');
    return entries;
  }
}

function areEntries(value: unknown): value is readonly TreeEntry<Json>[] {
  return Array.isArray(value) && value.every((entry) => Array.isArray(entry) && entry.length === 2);
}
