import type { Entry, Log } from '../../impl/index.ts';

/** One log content: equal contents are one and the same object, whichever replica built the log. */
interface Content {
  readonly entry: Entry | undefined;
  readonly children: Content[];
}

/**
 * Tells whether logs are equal without going through them: contents form one tree, and each log is looked up in it
 * once, starting from the log before it. A memory only: two of them always give the same answers.
 */
export class LogIdentities {
  private readonly contents = new WeakMap<Log, Content>();
  private readonly root: Content = { entry: undefined, children: [] };

  /** Whether `shorter` is `longer`, or the beginning of it. */
  isPrefix(shorter: Log, longer: Log): boolean {
    if (shorter.length > longer.length) return false;
    return shorter === longer || this.contentOf(shorter) === this.contentOf(longer.prefix(shorter.length));
  }

  /** Whether one of the two is the beginning of the other. */
  agree(one: Log, other: Log): boolean {
    return this.isPrefix(one, other) || this.isPrefix(other, one);
  }

  /** How many entries both logs begin with. */
  commonLength(one: Log, other: Log): number {
    let common = Math.min(one.length, other.length);
    if (one === other || this.contentOf(one.prefix(common)) === this.contentOf(other.prefix(common)))
      return common;
    let different = common;
    common = 0;
    while (different - common > 1) {
      const middle = (common + different) >> 1;
      if (this.contentOf(one.prefix(middle)) === this.contentOf(other.prefix(middle))) common = middle;
      else different = middle;
    }
    return common;
  }

  private contentOf(log: Log): Content {
    if (log.length === 0) return this.root;
    const known = this.contents.get(log);
    if (known !== undefined) return known;
    const content = child(this.contentOf(log.prefix(log.length - 1)), log.at(log.length));
    this.contents.set(log, content);
    return content;
  }
}

function child(parent: Content, entry: Entry): Content {
  for (const content of parent.children) {
    if (content.entry === entry || (content.entry !== undefined && same(content.entry, entry)))
      return content;
  }
  const content = { entry, children: [] };
  parent.children.push(content);
  return content;
}

function same(one: Entry, other: Entry): boolean {
  return (
    one.requestNumber === other.requestNumber &&
    one.clientId === other.clientId &&
    one.predicted.time === other.predicted.time &&
    one.predicted.random === other.predicted.random &&
    JSON.stringify(one.operation) === JSON.stringify(other.operation)
  );
}
