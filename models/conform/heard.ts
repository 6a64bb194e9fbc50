import type {
  DoViewChange,
  Log,
  Message,
  NewState,
  Prepare,
  PrepareOk,
  RecoveryResponse,
  Replica,
  StartView,
} from '../../spec/protocol/index.ts';

/** What a replica has heard since it started, as far as it may still act on it. */
export class Heard {
  /** By view: the message with the longest log of it. */
  private readonly logs = new Map<number, Prepare | NewState>();
  /** By view: the longest log of it that was told, also by a part of a log or by a checkpoint. */
  private readonly told = new Map<number, Log>();
  /** By view: the logs with which a replica may take it up. */
  private readonly starts = new Map<number, (StartView | NewState)[]>();
  private readonly votes = new Map<number, Map<number, DoViewChange>>();
  private readonly acknowledgements = new Map<number, Map<number, PrepareOk>>();
  private readonly answers: { readonly answer: RecoveryResponse; readonly nonce: string }[] = [];
  /** The nonce with which the replica asked last. */
  private nonce = '';
  /** Messages that say that entries are committed. What they say stays true, so that a crash does not undo it. */
  private commits: readonly CommitNews[];

  constructor(before?: Heard) {
    this.commits = before?.commits ?? [];
  }

  /** The replica, which is recovering, has asked the others. */
  ask(nonce: string): void {
    this.nonce = nonce;
  }

  /** Takes in an answer to a question of the replica. */
  takeAnswer(answer: RecoveryResponse, nonce: string): void {
    this.answers.push({ answer, nonce });
  }

  /** Takes in how far a message has told the log of its view. */
  takeTold(log: Log, viewNumber: number): void {
    if (log.length >= (this.told.get(viewNumber)?.length ?? 0)) this.told.set(viewNumber, log);
  }

  /** Whether some message has told this log of the view. */
  hasTold(log: Log, viewNumber: number): boolean {
    const told = this.told.get(viewNumber);
    return told !== undefined && log.begins(told);
  }

  /** Takes in a message. What is about views that the replica has left is forgotten. */
  take(message: Message, { status, viewNumber, lastNormalView: last }: Replica): void {
    const lastNormalView = status === 'recovering' ? -1 : last;
    this.takeCommit(message);
    switch (message.type) {
      case 'PREPARE':
        return this.takeLog(message, lastNormalView);
      case 'NEWSTATE':
        this.takeLog(message, lastNormalView);
        return this.takeStart(message, lastNormalView);
      case 'STARTVIEW':
        return this.takeStart(message, lastNormalView);
      case 'DOVIEWCHANGE':
        forgetBelow(this.votes, viewNumber);
        return void valueIn(this.votes, message.viewNumber, newMap).set(message.replica, message);
      case 'PREPAREOK': {
        forgetBelow(this.acknowledgements, lastNormalView);
        const ofView = valueIn(this.acknowledgements, message.viewNumber, newMap<PrepareOk>);
        if (message.opNumber >= (ofView.get(message.replica)?.opNumber ?? 0))
          ofView.set(message.replica, message);
        return;
      }
      case 'RECOVERYRESPONSE':
      case 'REQUEST':
      case 'REPLY':
      case 'COMMIT':
      case 'STARTVIEWCHANGE':
      case 'RECOVERY':
        return;
    }
  }

  /** A message with the log of the view, up to this one at least if there is one. */
  logOf(viewNumber: number): Prepare | NewState | undefined {
    return this.logs.get(viewNumber);
  }

  /** The message with this log of the view; if there is none, the last one about the view. */
  startOf(viewNumber: number, log: Log): StartView | NewState | undefined {
    const all = this.starts.get(viewNumber);
    return all?.findLast((message) => message.log === log) ?? all?.at(-1);
  }

  votesFor(viewNumber: number): readonly DoViewChange[] {
    return [...(this.votes.get(viewNumber)?.values() ?? [])];
  }

  acknowledged(viewNumber: number, opNumber: number): readonly PrepareOk[] {
    const all = [...(this.acknowledgements.get(viewNumber)?.values() ?? [])];
    return all.filter((message) => message.opNumber >= opNumber);
  }

  /** The latest answer of each replica: of those to the latest question if they are so many, or of all. */
  recoveryAnswers(needed: number): readonly RecoveryResponse[] {
    const latest = (all: Heard['answers']): readonly RecoveryResponse[] => [
      ...new Map(all.map(({ answer }) => [answer.replica, answer])).values(),
    ];
    const current = latest(this.answers.filter(({ nonce }) => nonce === this.nonce));
    return current.length >= needed ? current : latest(this.answers);
  }

  /** A message of this view or an earlier one that says that the entry is committed, and perhaps more entries. */
  commitOf(opNumber: number, viewNumber: number): CommitNews | undefined {
    return this.commits.find((news) => news.viewNumber <= viewNumber && news.commitNumber >= opNumber);
  }

  private takeCommit(message: Message): void {
    if (!('commitNumber' in message)) return;
    const { viewNumber, commitNumber } = message;
    const isOld = this.commits.some(
      (news) => news.viewNumber <= viewNumber && news.commitNumber >= commitNumber,
    );
    if (isOld) return;
    const others = this.commits.filter(
      (news) => news.viewNumber < viewNumber || news.commitNumber > commitNumber,
    );
    this.commits = [...others, message];
  }

  private takeLog(message: Prepare | NewState, lastNormalView: number): void {
    forgetBelow(this.logs, lastNormalView);
    if (message.log.length >= (this.logs.get(message.viewNumber)?.log.length ?? 0))
      this.logs.set(message.viewNumber, message);
  }

  private takeStart(message: StartView | NewState, lastNormalView: number): void {
    forgetBelow(this.starts, lastNormalView + 1);
    if (message.viewNumber > lastNormalView)
      valueIn(this.starts, message.viewNumber, (): (StartView | NewState)[] => []).push(message);
  }
}

/** A message that says how many entries are committed. */
type CommitNews = Extract<Message, { readonly commitNumber: number }>;

function newMap<Value>(): Map<number, Value> {
  return new Map();
}

function forgetBelow(byView: Map<number, unknown>, lowest: number): void {
  for (const viewNumber of byView.keys()) if (viewNumber < lowest) byView.delete(viewNumber);
}

function valueIn<Value>(map: Map<number, Value>, key: number, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
