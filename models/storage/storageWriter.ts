import {
  type Checkpoint,
  configure,
  type Entry,
  type Image,
  keyValueService,
  Log,
  partsOf,
  type StorageRecord,
  Tree,
} from '../../impl/index.ts';
import type { DirectoryOwner } from '../../impl/node/storage/durable/superblock.ts';

/** The group whose storage is tested. */
export const configuration = configure(3, 'durable', keyValueService);

/** The replica whose storage is tested. */
export const owner: DirectoryOwner = { group: 'tried', replica: 1 };

/** An action of a replica that must be written. */
export type WriterAction =
  /** Replaces the last `back` entries by `entries` new ones; committed entries are never replaced. */
  | { readonly type: 'append'; readonly entries: number; readonly back: number; readonly views: number }
  /** Takes a checkpoint of all entries, and drops those before the last checkpoint. */
  | { readonly type: 'checkpoint' }
  /** Fetches a checkpoint `ahead` entries beyond the log, which it replaces, with `entries` after it. */
  | { readonly type: 'jump'; readonly ahead: number; readonly entries: number }
  /** Notes that another replica has lost its memory once more. */
  | { readonly type: 'member' }
  /** Stops for good. */
  | { readonly type: 'halt' }
  /** Promises a view that is `views` later, and notes that all entries are committed. */
  | { readonly type: 'viewRecord'; readonly views: number };

/** An action that appends entries, perhaps in place of the last ones, and in a later view. */
export const append = (entries: number, back = 0, views = 0): WriterAction => ({
  ...{ type: 'append', entries, back, views },
});

/** An action that takes a checkpoint. */
export const checkpoint: WriterAction = { type: 'checkpoint' };

/** An action that takes over a checkpoint of others, and entries after it. */
export const jump: WriterAction = { type: 'jump', ahead: 5, entries: 3 };

/** A replica that writes. Its image is what its storage must hold. */
export class StorageWriter {
  image: Image;
  /** Counts up, so that no two entries are alike. */
  serial: number;
  private writes = 0;

  constructor(image: Image, serial = 0) {
    this.image = image;
    this.serial = serial;
  }

  /** The records of one write for the action. Updates the image. */
  records(action: WriterAction): readonly StorageRecord[] {
    const records = [...this.recordsOf(action)];
    const { viewNumber, lastNormalView, commitNumber } = this.image;
    const write = ++this.writes;
    return [
      ...records,
      { type: 'viewRecord', viewNumber, lastNormalView, commitNumber },
      { type: 'end', write },
    ];
  }

  private *recordsOf(action: WriterAction): Generator<StorageRecord> {
    const { image } = this;
    switch (action.type) {
      case 'append':
        return yield* this.append(action.entries, action.back, action.views);
      case 'checkpoint': {
        // A replica takes one once it has executed more.
        if (image.log.length <= (image.checkpoint?.opNumber ?? 0)) return;
        const checkpoint = this.checkpointAt(image.log.length);
        const base = Math.max(image.log.base, image.checkpoint?.opNumber ?? 0);
        this.image = { ...image, checkpoint, commitNumber: image.log.length, log: image.log.compacted(base) };
        return yield { type: 'checkpoint', checkpoint, base };
      }
      case 'jump': {
        const base = image.log.length + action.ahead;
        const checkpoint = this.checkpointAt(base, action.ahead);
        let log = Log.after(base, checkpoint);
        for (let index = 0; index < action.entries; index++) log = log.append(this.entry(log.lastTime));
        this.image = { ...image, checkpoint, log, commitNumber: base, isCorrupt: false };
        yield { type: 'checkpoint', checkpoint, base };
        return yield { type: 'entries', suffix: log.suffix(base) };
      }
      case 'member': {
        const generations = [(image.membership.generations[0] ?? 0) + 1];
        this.image = { ...image, membership: { founders: ['a', 'b', 'c'], generations } };
        return yield { type: 'membership', membership: this.image.membership };
      }
      case 'halt': {
        const halted = { opNumber: image.log.length, part: 'state', isOutvoted: true } as const;
        this.image = { ...image, halted };
        return yield { type: 'halt', halted };
      }
      case 'viewRecord':
        this.image = {
          ...image,
          viewNumber: image.viewNumber + action.views,
          commitNumber: image.log.length,
        };
    }
  }

  private *append(entries: number, back: number, views: number): Generator<StorageRecord> {
    const { image } = this;
    const floor = Math.max(image.log.base, image.commitNumber);
    const after = Math.max(floor, image.log.length - back);
    let log = image.log.prefix(after);
    for (let index = 0; index < entries; index++) log = log.append(this.entry(log.lastTime));
    const viewNumber = image.viewNumber + views;
    const lastNormalView = views > 0 ? viewNumber : image.lastNormalView;
    // The last three entries are not committed.
    const commitNumber = Math.max(image.commitNumber, log.length - 3);
    this.image = { ...image, log, viewNumber, lastNormalView, commitNumber, isCorrupt: false };
    yield { type: 'entries', suffix: log.suffix(after) };
  }

  private entry(time: number): Entry {
    const serial = ++this.serial;
    const operation = { type: 'set', key: `key ${serial % 7} 😀`, value: 'é'.repeat(serial % 90) };
    const predicted = { time: time + (serial % 2), random: serial };
    return {
      type: 'REQUEST',
      operation,
      clientId: `c${serial % 3}`,
      session: 1,
      requestNumber: serial,
      predicted,
    };
  }

  /** Some parts are as before, some changed, some new, and one gone. */
  private checkpointAt(opNumber: number, later = 0): Checkpoint {
    const serial = ++this.serial;
    const { lastTime, checksum } = this.image.log;
    const kept = this.image.checkpoint?.state ?? Tree.empty();
    const changed = Array.from({ length: 12 }, (_, index) => {
      return [`key ${(serial + index * 5) % 40} 😀`, 'x'.repeat((serial * 7 + index * 31) % 200)] as const;
    });
    const state = kept.with(changed).delete(`key ${serial % 40} 😀`);
    const line = { session: 1, requestNumber: serial, results: [serial], opNumber };
    const table = (this.image.checkpoint?.table ?? Tree.empty()).set(`c${serial % 3}`, line);
    return { opNumber, time: lastTime + later, checksum, state: partsOf(keyValueService, state), table };
  }
}

/** All of an image's content, for comparison. */
export function contentsOf({ log, checkpoint, ...rest }: Image): unknown {
  return {
    ...rest,
    base: log.base,
    length: log.length,
    entries: log.entriesAfter(log.base),
    baseTime: log.prefix(log.base).lastTime,
    checksum: log.checksum,
    checkpoint:
      checkpoint === undefined
        ? null
        : {
            opNumber: checkpoint.opNumber,
            time: checkpoint.time,
            checksum: checkpoint.checksum,
            state: checkpoint.state.toJSON(),
            table: checkpoint.table.toJSON(),
          },
  };
}
