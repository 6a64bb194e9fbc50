import {
  beginning,
  broken,
  groupOf,
  Log,
  type Message,
  next,
  protocol,
  type Replica,
  type SentType,
  type State,
  type Step,
  type Stored,
} from '../../../spec/protocol/index.ts';
import { Numbering, SentMessages } from '../../protocol/sentMessages.ts';
import { logText, stepText } from '../../protocol/stepText.ts';

/** A message that a replica sends. */
type Sendable = Message & { readonly type: SentType };

/**
 * A run of the specification that writes itself down. Each step is put to the rules: one that is said to be allowed must be, and
 * one that is said to be forbidden must break the rule that is named. Otherwise the run throws, and there is no book.
 */
export class ProtocolRun {
  private state: State;
  private steps = 0;
  private lines: string[] = [];

  /** Three replicas and one client, ann. */
  constructor(mode: 'durable' | 'diskless') {
    const ann = { clientId: 'ann', requestNumber: 0, answered: 0, readNumber: 0, readAnswered: 0 };
    this.state = beginning(groupOf(3, mode), new SentMessages(new Numbering()), [ann], Log.empty());
  }

  /** What was written down since the last call, for one chapter. */
  taken(): string {
    const text = this.lines.join('\n').trim();
    this.lines = [];
    return text;
  }

  /** A sentence between the steps. */
  says(sentence: string): void {
    this.lines.push('', ...wrapped(sentence).map((line) => `# ${line}`));
  }

  /** The log of a replica. */
  logOf(replica: number): Log {
    return this.replicaAt(replica).log;
  }

  /** A step that the protocol allows. It is written down with the replica that it changes, as that is afterwards. */
  does(step: Step): void {
    const reason = broken(protocol, this.state, step);
    if (reason !== undefined) throw new Error(`${stepText(step)}: ${reason.rule}: ${reason.sentence}`);
    const before = this.state;
    this.state = next(protocol, before, step);
    this.lines.push(`${String(++this.steps).padStart(2)}  ${stepText(step)}`);
    for (const [number, replica] of this.state.replicas.entries())
      if (replica !== before.replicas[number]) this.lines.push(`      r${number}: ${replicaText(replica)}`);
  }

  /** A step that breaks this rule. Nothing changes. */
  mayNot(step: Step, rule: string): void {
    const reason = broken(protocol, this.state, step);
    if (reason?.rule !== rule)
      throw new Error(`${stepText(step)}: breaks ${reason?.rule ?? 'no rule'}, not ${rule}.`);
    this.lines.push(` -  ${stepText(step)}`);
    this.lines.push(...wrapped(`FORBIDDEN. Rule ${rule}: ${reason.sentence}`).map((line) => `      ${line}`));
  }

  /** A replica sends a message, which is allowed. */
  sends<Told extends Sendable>(replica: number, message: Told): Told {
    this.does({ action: 'send', replica, message });
    return message;
  }

  /** The first write of a replica becomes durable. */
  persists(replica: number): void {
    this.does({ action: 'persist', replica });
  }

  /** The states of all replicas. */
  shows(): void {
    this.lines.push('');
    for (const [number, replica] of this.state.replicas.entries())
      this.lines.push(`    r${number}: ${replicaText(replica)}`);
  }

  private replicaAt(number: number): Replica {
    const replica = this.state.replicas[number];
    if (replica === undefined) throw new RangeError(`There is no replica ${number}.`);
    return replica;
  }
}

function replicaText(replica: Replica): string {
  const { status, viewNumber, lastNormalView, log, commitNumber, disk, writes } = replica;
  const named = status === 'up' ? (viewNumber === lastNormalView ? 'normal' : 'view-change') : status;
  const memory =
    status === 'up'
      ? `v${viewNumber} ${named} lnv${lastNormalView} ${logText(log)} k${commitNumber}`
      : status === 'recovering'
        ? `v${viewNumber} ${named}`
        : named;
  const waiting = writes.length === 0 ? '' : ` | not durable: ${writes.map(storedText).join(', ')}`;
  return `${memory} | disk: ${storedText(disk)}${waiting}`;
}

function storedText({ viewNumber, lastNormalView, log }: Stored): string {
  return log === undefined ? `v${viewNumber}, no log` : `v${viewNumber} lnv${lastNormalView} ${logText(log)}`;
}

function wrapped(sentence: string): readonly string[] {
  const lines: string[] = [];
  for (const word of sentence.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length > 92) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
