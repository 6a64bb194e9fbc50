import type { Log } from '../../../impl/index.ts';
import { Log as Content } from '../../../spec/protocol/index.ts';

/**
 * Compares logs without reading all their entries: contents form one tree, and each log is looked up in it
 * once, starting from the log that it extends. Entries that a log has dropped count as present if `learn` was
 * told of them. It is a cache: any two instances give the same answers.
 */
export class LogIdentities {
  /** The content of a log without entries. */
  readonly empty = Content.empty();
  private readonly contents = new WeakMap<Log, Content>();

  /** Learns the dropped entries of a log: they are those of the first of the others that is long enough. */
  learn(log: Log, others: readonly (Log | undefined)[]): void {
    const { base } = log;
    if (base === 0 || this.contents.has(log.prefix(base))) return;
    for (const other of others) {
      if (other === undefined || other === log || other.length < base) continue;
      const content = this.contentAt(other, base);
      if (content !== undefined) this.contents.set(log.prefix(base), content);
      return;
    }
  }

  /** Whether `shorter` is a prefix of `longer` or equal to it. */
  isPrefix(shorter: Log, longer: Log): boolean {
    if (shorter.length > longer.length) return false;
    return shorter === longer || this.contentOf(shorter) === this.contentAt(longer, shorter.length);
  }

  /** Whether one of the two is a prefix of the other. */
  agree(one: Log, other: Log): boolean {
    return this.isPrefix(one, other) || this.isPrefix(other, one);
  }

  /** The length of the longest common prefix. */
  commonLength(one: Log, other: Log): number {
    let common = Math.min(one.length, other.length);
    if (one === other || this.contentAt(one, common) === this.contentAt(other, common)) return common;
    let different = common;
    common = 0;
    while (different - common > 1) {
      const middle = (common + different) >> 1;
      if (this.contentAt(one, middle) === this.contentAt(other, middle)) common = middle;
      else different = middle;
    }
    return common;
  }

  /** The content of the first `length` entries, the dropped ones included. */
  private contentAt(log: Log, length: number): Content | undefined {
    if (length >= log.base) return this.contentOf(log.prefix(length));
    let content: Content | undefined = this.contentOf(log.prefix(log.base));
    while (content !== undefined && content.length > length) content = content.before;
    return content;
  }

  /** The content of a log: equal contents are the same object, whichever replica built the log. */
  contentOf(log: Log): Content {
    if (log.length === 0) return this.empty;
    const known = this.contents.get(log);
    if (known !== undefined) return known;
    const content =
      log.length === log.base
        ? Content.unknown(log.base)
        : this.contentOf(log.prefix(log.length - 1)).with(log.at(log.length));
    this.contents.set(log, content);
    return content;
  }
}
