import type { Log, Message, Sent, State, Stored } from '../../../spec/protocol/index.ts';
import type { Left } from '../choices.ts';

/** A state with what an observer remembers of the run. */
export interface RunState {
  readonly state: State;
  /** By replica: how many entries it has executed since it last restarted. */
  readonly executed: readonly number[];
  /** All entries that were ever executed. */
  readonly history: Log;
  /** What clients have been answered, without repetitions. */
  readonly answered: readonly string[];
  /** For each request and read: how it is named, and what had been answered when it was sent first. */
  readonly asked: readonly string[];
  readonly left: Left;
}

/** All that there is to a state, spelled out: two are the same if their texts are. */
export function runStateText({ state, executed, history, left, answered, asked }: RunState): string {
  const { replicas, clients, sent, started } = state;
  return JSON.stringify({
    replicas: replicas.map((replica) => ({
      ...replica,
      log: entriesOf(replica.log),
      disk: spelledOut(replica.disk),
      writes: replica.writes.map(spelledOut),
    })),
    clients,
    sent: allIn(sent).texts.toSorted(),
    started: started.map((log) => log && entriesOf(log)),
    executed,
    history: entriesOf(history),
    left,
    ...(left.reads === undefined ? {} : { answered, asked: asked.toSorted() }),
  });
}

/**
 * What is left of a state without what the reductions of an exploration may change: which true messages were sent, how
 * much was executed and answered so far, and what of the writes is durable.
 */
export function coreText({ state: { replicas, started }, left }: RunState): string {
  return JSON.stringify({
    replicas: replicas.map(
      ({ status, viewNumber, lastNormalView, log, incarnation, generations, disk, writes }) => ({
        status,
        viewNumber,
        lastNormalView,
        incarnation,
        generations,
        log: entriesOf(log),
        stored: spelledOut(writes.at(-1) ?? disk),
      }),
    ),
    started: started.map((log) => log && entriesOf(log)),
    left,
  });
}

function spelledOut({ viewNumber, lastNormalView, log, generations }: Stored): object {
  return {
    viewNumber,
    lastNormalView,
    log: log === undefined ? 'none' : entriesOf(log),
    generations: generations ?? 'lost',
  };
}

const spelled = new WeakMap<Log, string>();

/** The entries of a log, as one text. */
export function entriesOf(log: Log): string {
  const { last, before } = log;
  if (last === undefined || before === undefined) return '';
  const text = spelled.get(log) ?? `${entriesOf(before)}${JSON.stringify(last)}`;
  spelled.set(log, text);
  return text;
}

const said = new WeakMap<Message, string>();

/** All that a message says, as one text. */
export function messageText(message: Message): string {
  const known = said.get(message);
  if (known !== undefined) return known;
  const text = JSON.stringify(
    'log' in message && message.log !== undefined ? { ...message, log: entriesOf(message.log) } : message,
  );
  said.set(message, text);
  return text;
}

/** All messages that were sent, each for itself. */
export class AllSent implements Sent {
  private readonly byText: ReadonlyMap<string, Message>;

  constructor(byText: ReadonlyMap<string, Message> = new Map()) {
    this.byText = byText;
  }

  get messages(): readonly Message[] {
    return [...this.byText.values()];
  }

  get texts(): readonly string[] {
    return [...this.byText.keys()];
  }

  has(message: Message): boolean {
    return this.byText.has(messageText(message));
  }

  with(message: Message): AllSent {
    return new AllSent(new Map([...this.byText, [messageText(message), message]]));
  }

  acknowledged(viewNumber: number, replica: number): number {
    const numbers = this.messages.flatMap((message) =>
      message.type === 'PREPAREOK' && message.viewNumber === viewNumber && message.replica === replica
        ? [message.opNumber]
        : [],
    );
    return Math.max(0, ...numbers);
  }

  confirmed(viewNumber: number, replica: number): number {
    const rounds = this.messages.flatMap((message) =>
      message.type === 'COMMITOK' && message.viewNumber === viewNumber && message.replica === replica
        ? [message.round]
        : [],
    );
    return Math.max(0, ...rounds);
  }
}

/** The messages of a state of the naive exploration. */
export function allIn(sent: Sent): AllSent {
  if (!(sent instanceof AllSent)) throw new Error('The messages are not those of this exploration.');
  return sent;
}
