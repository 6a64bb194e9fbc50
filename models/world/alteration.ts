import type { Entry, Image, Log } from '../../impl/index.ts';

/** What storage gives back instead of what was written: whenever this replica restarts, that entry of its log is another. */
export interface Alteration {
  readonly replica: number;
  readonly opNumber: number;
}

/** The image with another entry under this op-number, if it has an entry there. All else is as it was written. */
export function alteredImage(image: Image, opNumber: number): Image {
  const { log } = image;
  if (opNumber <= log.base || opNumber > log.length || isAltered(log, opNumber)) return image;
  const { predicted, ...entry } = log.at(opNumber);
  const other: Entry = { ...entry, predicted: { ...predicted, random: alteredRandom } };
  const altered = [other, ...log.entriesAfter(opNumber)];
  return { ...image, log: altered.reduce((whole, next) => whole.append(next), log.prefix(opNumber - 1)) };
}

/** Whether the log holds an altered entry under this op-number. */
export function isAltered(log: Log, opNumber: number): boolean {
  return opNumber > log.base && opNumber <= log.length && log.at(opNumber).predicted.random === alteredRandom;
}

/** No reading has this random number. */
const alteredRandom = 0xffff_fff0;
