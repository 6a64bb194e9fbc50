import {
  type DoViewChange,
  type Generations,
  generationOf,
  type Log,
  type Message,
  noLosses,
  type PrepareOk,
  type Recovery,
  type RecoveryResponse,
  type State,
  together,
} from '../../../spec/protocol/index.ts';

/** A property of every state of the protocol that carries the proof that it keeps the promise. */
export interface ProtocolInvariant {
  /** In kebab-case. */
  readonly name: string;
  readonly prose: string;
  /** Which step would do harm in a state that breaks it. */
  readonly carries: string;
  /** How the state breaks it, in a sentence. */
  seen(facts: Facts): string | undefined;
}

/** Of a view: a log, or the beginning of one. */
interface OfView {
  readonly viewNumber: number;
  readonly log: Log;
}

/** A state, and what follows from it that several invariants need. */
export interface Facts {
  readonly state: State;
  /** All entries that were ever executed. */
  readonly history: Log;
  /** Every message that was sent, and of these some kinds. */
  readonly messages: readonly Message[];
  readonly votes: readonly DoViewChange[];
  readonly acknowledgements: readonly PrepareOk[];
  readonly asked: readonly Recovery[];
  readonly answers: readonly RecoveryResponse[];
  /** What messages tell of the log of a view. */
  readonly told: readonly OfView[];
  /** What replicas hold of the log of a view: in memory, on disk and in writes. */
  readonly held: readonly (OfView & { readonly replica: number })[];
  /** The longest log of each view that a quorum has acknowledged. */
  readonly committed: readonly OfView[];
  /** The losses of storages that are known to some replica by its disk. */
  readonly losses: Generations;
}

/** What follows from a state. */
export function factsOf(state: State, messages: readonly Message[], history: Log): Facts {
  const votes = messages.filter((one) => one.type === 'DOVIEWCHANGE');
  const acknowledgements = messages.filter((one) => one.type === 'PREPAREOK');
  const told = messages.flatMap(logTold);
  const held = state.replicas.flatMap((_, replica) => heldBy(state, replica));
  const asked = messages.filter((one) => one.type === 'RECOVERY');
  const answers = messages.filter((one) => one.type === 'RECOVERYRESPONSE');
  const committed = committedIn(state, acknowledgements, [...held, ...told]);
  const losses = together([noLosses, ...state.replicas.map(({ disk }) => disk.generations ?? noLosses)]);
  return { state, history, messages, votes, acknowledgements, asked, answers, told, held, committed, losses };
}

function logTold(message: Message): readonly OfView[] {
  switch (message.type) {
    case 'PREPARE':
    case 'STARTVIEW':
    case 'NEWSTATE':
      return [message];
    case 'DOVIEWCHANGE':
      return [{ viewNumber: message.lastNormalView, log: message.log }];
    case 'RECOVERYRESPONSE':
      return message.log === undefined ? [] : [{ viewNumber: message.viewNumber, log: message.log }];
    default:
      return [];
  }
}

function heldBy({ replicas }: State, number: number): Facts['held'] {
  const replica = replicas[number];
  if (replica === undefined) return [];
  const { status, disk, writes } = replica;
  return [...(status === 'up' ? [replica] : []), disk, ...writes].flatMap(({ lastNormalView, log }) =>
    log === undefined ? [] : [{ viewNumber: lastNormalView, log, replica: number }],
  );
}

function committedIn(
  { group }: State,
  acknowledgements: readonly PrepareOk[],
  logs: readonly OfView[],
): readonly OfView[] {
  return [...new Set(acknowledgements.map(({ viewNumber }) => viewNumber))].flatMap((viewNumber) => {
    const [last] = acknowledgements
      .filter((one) => one.viewNumber === viewNumber)
      .map(({ opNumber }) => opNumber)
      .sort((one, other) => other - one)
      .slice(group.quorum - 1);
    const log = logs.find((one) => one.viewNumber === viewNumber && one.log.length >= (last ?? 0))?.log;
    const begun = last === undefined || last === 0 ? undefined : log?.first(last);
    return begun === undefined ? [] : [{ viewNumber, log: begun }];
  });
}

/** Whether some replica knows by its disk that the voter has lost its storage since. */
export function isKnownForgotten({ losses }: Facts, { replica, generations }: DoViewChange): boolean {
  return generationOf(losses, replica) > generationOf(generations, replica);
}

/** Whether one of the logs begins with the other. */
export function agree(one: Log, other: Log): boolean {
  return one.begins(other) || other.begins(one);
}

/** What is said of the first item that is wrong. */
export function firstSeen<Item>(
  items: readonly Item[],
  wrong: (item: Item) => string | false | undefined,
): string | undefined {
  for (const item of items) {
    const sentence = wrong(item);
    if (sentence !== undefined && sentence !== false) return sentence;
  }
  return undefined;
}
