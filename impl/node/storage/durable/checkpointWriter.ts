import type { Checkpoint } from '../../../replica/data/checkpoint.ts';
import { writeCheckpoint } from './checkpointFiles.ts';
import type { JournalPlace } from './journal/journal.ts';
import type { StoredContent } from './readDirectory.ts';
import type { CheckpointFile } from './superblock.ts';
import { type CheckpointRecord, hasAll, type WritePlan } from './writePlan.ts';

/** A checkpoint whose files are written, and which no superblock names yet. */
export interface WrittenCheckpoint {
  readonly record: CheckpointRecord;
  readonly files: readonly CheckpointFile[];
  /** The checkpoint since which its last file holds the changes. */
  readonly since: Checkpoint | undefined;
}

/** Is told how a deferred checkpoint fares. */
export interface CheckpointEvents {
  /** Its files are written. */
  onWritten(): void;
  onFailure(error: unknown): void;
}

/** Writes the files of checkpoints: of deferred ones one after another, while other writes go on. Only the latest counts. */
export class CheckpointWriter {
  private readonly place: JournalPlace;
  private readonly content: () => StoredContent;
  private readonly events: CheckpointEvents;
  /** The number of the last file. */
  private number: number;
  private deferred: CheckpointRecord | undefined;
  private written: WrittenCheckpoint | undefined;
  private working: Promise<void> | undefined;

  constructor(place: JournalPlace, content: () => StoredContent, events: CheckpointEvents) {
    this.place = place;
    this.content = content;
    this.events = events;
    this.number = Math.max(0, ...content().superblock.checkpointFiles.map(({ number }) => number));
  }

  /** Whether the files of a deferred checkpoint are written. */
  get isWritten(): boolean {
    return this.written !== undefined;
  }

  /** The deferred checkpoint whose files are written, if it still follows what the disk holds. */
  take(): WrittenCheckpoint | undefined {
    const { written } = this;
    this.written = undefined;
    if (written === undefined) return undefined;
    const { checkpoint, log } = this.content().image;
    return written.since === checkpoint && hasAll(log, written.record.checkpoint) ? written : undefined;
  }

  /** The files of the checkpoint that the disk holds after this write; they are written now unless they are already. */
  async filesFor(
    plan: WritePlan,
    written: WrittenCheckpoint | undefined,
  ): Promise<readonly CheckpointFile[]> {
    const { image, superblock } = this.content();
    const { checkpoint } = plan.image;
    if (checkpoint === image.checkpoint) return superblock.checkpointFiles;
    if (checkpoint === undefined) return [];
    if (checkpoint === written?.record.checkpoint) return written.files;
    return this.write(checkpoint);
  }

  /** Begins to write the checkpoint that was left out of this write. */
  defer({ deferred }: WritePlan): void {
    this.deferred = deferred ?? this.deferred;
    if (this.deferred === undefined) return;
    this.working ??= this.work().finally(() => {
      this.working = undefined;
    });
  }

  /** Resolves once no files are being written; undefined if none are. */
  get busy(): Promise<void> | undefined {
    return this.working;
  }

  private async work(): Promise<void> {
    while (this.deferred !== undefined && this.written === undefined) {
      const record = this.deferred;
      this.deferred = undefined;
      const { image } = this.content();
      if (!hasAll(image.log, record.checkpoint)) continue;
      try {
        const files = await this.write(record.checkpoint);
        this.written = { record, files, since: image.checkpoint };
        this.events.onWritten();
      } catch (error) {
        this.events.onFailure(error);
      }
    }
  }

  private write(checkpoint: Checkpoint): Promise<readonly CheckpointFile[]> {
    const { image, superblock } = this.content();
    const stored = { checkpoint: image.checkpoint, files: superblock.checkpointFiles };
    return writeCheckpoint(this.place, stored, checkpoint, ++this.number);
  }
}
