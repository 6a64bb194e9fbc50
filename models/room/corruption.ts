import type { Chance } from '../processes/chance.ts';
import type { SimulatedFiles } from '../storage/simulatedFiles.ts';

/** Corrupts one of the files in the directory: flips a bit, zeroes a stretch, cuts it off or removes it. Yields what was done. */
export function corruptOne(files: SimulatedFiles, directory: string, chance: Chance): string {
  // What was written last is not lost besides: it is on the disk.
  files.writeBack();
  const all = [...files.contents(directory)].filter(
    ([name, { length }]) => length > 0 && name !== 'log.spare',
  );
  const [name, bytes] = all[chance.below(all.length)] ?? [];
  if (name === undefined || bytes === undefined) return 'nothing';
  const path = `${directory}/${name}`;
  const at = usedPlace(bytes, chance);
  const bit = 1 << chance.below(8);
  const length = 1 + chance.below(4_096);
  const how = chance.below(10);
  if (how < 6) files.alter(path, (before) => changed(before, at, at + 1, (byte) => byte ^ bit));
  else if (how < 8) files.alter(path, (before) => changed(before, at, at + length, () => 0));
  else if (how < 9) files.alter(path, (before) => Buffer.from(before.subarray(0, at)));
  else files.discard(path);
  const done =
    how < 6 ? 'a bit flipped' : how < 8 ? `${length} bytes zeroed` : how < 9 ? 'cut off' : 'removed';
  return `${name}: ${done} at ${at}`;
}

/** Flips a bit in every stretch of 64 bytes of every file in the directory. */
export function corruptAll(files: SimulatedFiles, directory: string): void {
  files.writeBack();
  for (const name of files.contents(directory).keys())
    files.alter(`${directory}/${name}`, (before) =>
      Buffer.from(before.map((byte, at) => (at % 64 === 9 ? byte ^ 1 : byte))),
    );
}

/** A place in the file; most often one whose byte is not zero. */
function usedPlace(bytes: Buffer, chance: Chance): number {
  let place = 0;
  for (let attempt = 0; attempt < 20; attempt++) {
    place = chance.below(bytes.length);
    if (bytes[place] !== 0) break;
  }
  return place;
}

function changed(bytes: Buffer, from: number, to: number, change: (byte: number) => number): Buffer {
  const result = Buffer.from(bytes);
  for (let at = from; at < Math.min(to, result.length); at++) result[at] = change(result[at] ?? 0);
  return result;
}
