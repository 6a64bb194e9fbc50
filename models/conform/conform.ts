import { isDeepStrictEqual } from 'node:util';
import { type Group, groupOf, type Replica } from '../../spec/protocol/index.ts';
import { isStart, type StartLine } from './format/line.ts';
import { BadTrace, type NumberedLine, TraceReader } from './format/reader.ts';
import { ReplicaJudge } from './judge.ts';
import { contradiction, type Problem } from './problem.ts';
import { Run } from './run.ts';

/** The first step of a run that is not legal. */
export interface IllegalStep {
  readonly file: string;
  /** From 1. */
  readonly lineNumber: number;
  readonly replica: number;
  readonly line: NumberedLine['line'];
  /** The replica before the step. */
  readonly before: Replica;
  readonly problem: Problem;
}

/** The trace of one replica while it is followed. */
interface Follower {
  readonly number: number;
  readonly reader: TraceReader | undefined;
  readonly judge: ReplicaJudge;
  /** How many of its messages were taken as sent, because its trace ends before. */
  assumed: number;
  /** The number of the step that comes next, and whether the process has ended in good order. */
  nextStep: number;
  hasStopped: boolean;
  unjudgedSince: number | undefined;
}

/**
 * Merges the traces of a group, in an order in which every message is received after it was sent, and holds each line to the
 * specification.
 */
export class Conformance {
  readonly run: Run;
  lines = 0;
  illegal: IllegalStep | undefined;
  private readonly followers: readonly Follower[];
  private readonly isWhole: boolean;

  /**
   * `isWhole`: the traces show everything that took effect, so that no message was sent after their ends. Throws BadTrace if a
   * file cannot be read, or the files are not of one group.
   */
  constructor(files: readonly string[], isWhole = false) {
    this.isWhole = isWhole;
    const readers = files.map((file) => new TraceReader(file));
    const { group, byReplica } = groupIn(readers);
    this.run = new Run(group);
    this.followers = Array.from({ length: group.size }, (_, number) => ({
      number,
      reader: byReplica.get(number),
      judge: new ReplicaJudge(this.run, number),
      assumed: 0,
      nextStep: 0,
      hasStopped: false,
      unjudgedSince: undefined,
    }));
  }

  /** Judges about so many lines more. Returns whether any are left. Throws BadTrace. */
  advance(lines: number): boolean {
    const until = this.lines + lines;
    while (this.illegal === undefined && this.lines < until) {
      const before = this.lines;
      for (const follower of this.followers) this.follow(follower, until);
      if (this.lines === before && this.illegal === undefined && !this.resume()) return false;
    }
    return this.illegal === undefined;
  }

  close(): void {
    for (const { reader } of this.followers) reader?.close();
  }

  /** What of the run was not judged, in sentences. */
  notes(): readonly string[] {
    const blind =
      'The storage of a replica is not known from the first of these on: never-lost is not judged after that.';
    return [...this.notesOfReplicas(), ...(this.run.isWholeKnown ? [] : [blind])];
  }

  private notesOfReplicas(): readonly string[] {
    return this.followers.flatMap(({ number, reader, judge, assumed, unjudgedSince }) => {
      const notes: string[] = [];
      const file = reader?.file ?? '';
      if (judge.isUnjudged)
        notes.push(
          `r${number} took part without the storage that it had, or had lost: from ${file}:${unjudgedSince} on its own steps are not judged.`,
        );
      if (judge.late > 0)
        notes.push(
          `${judge.late} messages of r${number} had waited for a write, and left after it had moved on: they are not judged.`,
        );
      if (reader === undefined) notes.push(`There is no trace of r${number}.`);
      if (reader !== undefined && reader.torn > 0)
        notes.push(
          `${file} has ${reader.torn === 1 ? '1 line that was' : `${reader.torn} lines that were`} not written to the end: left out.`,
        );
      if (assumed > 0)
        notes.push(
          `The trace of r${number} ends before ${assumed} of its messages that others have received: they are taken as sent.`,
        );
      return notes;
    });
  }

  /** Judges the lines of one replica as far as what it has received was sent. */
  private follow(follower: Follower, until: number): void {
    const { reader, judge } = follower;
    while (this.illegal === undefined && this.lines < until && reader?.head !== undefined) {
      const { head } = reader;
      const gap = gapBefore(follower, head);
      if (gap !== undefined) return this.refuse(follower, head, gap);
      if (!judge.isReady(head.line)) return;
      this.judge(follower, head);
    }
  }

  private judge(follower: Follower, head: NumberedLine): void {
    const { reader, judge } = follower;
    if (reader === undefined) return;
    follower.nextStep = head.line.step + 1;
    follower.hasStopped = head.line.event.type === 'stop';
    const before = this.run.replica(follower.number);
    const problem = judge.judge(head.line);
    this.lines += 1;
    if (judge.isUnjudged) follower.unjudgedSince ??= head.number;
    if (problem !== undefined) this.refuse(follower, head, problem, before);
    else reader.advance();
  }

  private refuse(
    { reader, number }: Follower,
    { number: lineNumber, line }: NumberedLine,
    problem: Problem,
    before: Replica = this.run.replica(number),
  ): void {
    this.illegal = { file: reader?.file ?? '', lineNumber, replica: number, line, before, problem };
  }

  /**
   * No replica can go on. What a replica has sent after the end of its trace is taken as sent; otherwise a message was received
   * that was not sent before. Returns whether to go on.
   */
  private resume(): boolean {
    const waiting = this.followers.flatMap((follower) => {
      const head = follower.reader?.head;
      return head === undefined ? [] : [{ follower, head }];
    });
    for (const { follower, head } of waiting) {
      const sender = this.senderOf(head);
      if (this.isWhole || sender === undefined || sender.reader?.head !== undefined) continue;
      if (sender.hasStopped) continue;
      sender.assumed += 1;
      follower.judge.assume(head.line);
      this.judge(follower, head);
      return true;
    }
    // A message that is never sent comes before one that is sent too late.
    const heads = waiting.map(({ head }) => head);
    const later = this.followers.flatMap((sender) =>
      sentLater(
        sender.reader,
        heads.filter((head) => this.senderOf(head) === sender),
      ),
    );
    const never = waiting.find(({ head }) => !later.includes(head));
    const first = never ?? waiting[0];
    if (first === undefined) return false;
    const { event } = first.head.line;
    const what = event.type === 'message' ? event.message.type : event.type;
    const when = never === undefined ? 'until then' : 'at any time';
    const sentence = `It has received a message that r${event.type === 'message' ? event.from : ''} had not sent ${when}.`;
    this.refuse(first.follower, first.head, contradiction(what, sentence));
    return false;
  }

  private senderOf({ line: { event } }: NumberedLine): Follower | undefined {
    return event.type === 'message' ? this.followers[event.from ?? -1] : undefined;
  }
}

/** Which of the waiting lines have received what the rest of this trace sends. It reads the trace to its end. */
function sentLater(
  reader: TraceReader | undefined,
  waiting: readonly NumberedLine[],
): readonly NumberedLine[] {
  let never = waiting;
  for (; never.length > 0 && reader?.head !== undefined; reader.advance()) {
    const { sent = [] } = reader.head.line;
    never = never.filter(
      ({ line: { event } }) =>
        event.type !== 'message' || !sent.some(({ message }) => isDeepStrictEqual(message, event.message)),
    );
  }
  return waiting.filter((head) => !never.includes(head));
}

/** Lines are numbered from 0 in each start: none may be missing. */
function gapBefore({ nextStep, hasStopped }: Follower, { line }: NumberedLine): Problem | undefined {
  const expected = isStart(line) ? 0 : nextStep;
  if (line.step !== expected)
    return contradiction(
      'step',
      `Lines are missing: it has step ${line.step} where step ${expected} should be.`,
    );
  return hasStopped && !isStart(line)
    ? contradiction('step', 'The process had stopped in the line before.')
    : undefined;
}

interface TracedGroup {
  readonly group: Group;
  readonly byReplica: ReadonlyMap<number, TraceReader>;
}

function groupIn(readers: readonly TraceReader[]): TracedGroup {
  const byReplica = new Map<number, TraceReader>();
  let common: { readonly file: string; readonly group: StartLine['group'] } | undefined;
  for (const reader of readers) {
    const { head, file } = reader;
    if (head === undefined || !isStart(head.line))
      throw new BadTrace(
        `${file}: it has no whole line. Leave the file out if its process was killed before it wrote one.`,
      );
    const { group, replica } = head.line;
    if (!isBeginning(head.line))
      throw new BadTrace(
        `${file}:${head.number}: the replica ran before this start. A trace begins when its group is founded.`,
      );
    common ??= { file, group };
    if (JSON.stringify(group) !== JSON.stringify(common.group))
      throw new BadTrace(`${file}:${head.number}: its group is not that of ${common.file}.`);
    const other = byReplica.get(replica);
    if (other !== undefined)
      throw new BadTrace(
        `${file}: ${other.file} is of replica ${replica} too. Put all its starts in one file.`,
      );
    if (replica >= group.replicas)
      throw new BadTrace(`${file}:${head.number}: a group of ${group.replicas} has no replica ${replica}.`);
    byReplica.set(replica, reader);
  }
  if (common === undefined) throw new BadTrace('There is no trace to judge.');
  const { replicas, mode, sessions } = common.group;
  return { group: groupOf(replicas, mode, sessions, true), byReplica };
}

/** Whether the replica takes part in nothing yet, or begins in view 0 with nothing. */
function isBeginning({ status, viewNumber, lastNormalView, log }: StartLine): boolean {
  const length = log.after.opNumber + log.entries.length;
  return status === 'outside' || (status === 'up' && viewNumber + lastNormalView + length === 0);
}
