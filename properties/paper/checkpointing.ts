import {
  type CheckpointMessage,
  type GetCheckpoint,
  keyValueService,
  partsOf,
  type StorageMode,
} from '../../impl/index.ts';
import { Group, type InFlight } from './group.ts';
import { setClientView } from './tamper.ts';

/** The number of entries between two checkpoints. */
const every = 3;

/** Options of a group that takes checkpoints. */
interface Kind {
  readonly mode?: StorageMode;
  readonly syncs?: 'at once' | 'by hand';
  /** 1 by default: a message carries one entry, one question, and one line or key of a checkpoint. */
  readonly maxChars?: number;
}

/** Three replicas that take a checkpoint after every three entries. */
export function checkpointing({ mode = 'diskless', syncs = 'at once', maxChars = 1 }: Kind = {}): Group {
  return new Group(3, mode, syncs, { maxChars, checkpointEvery: every, pipeline: 100 });
}

/** The replicas whose messages are lost, in both directions, and the view that the clients know. */
interface Filling {
  readonly without?: readonly number[];
  readonly view?: number;
}

/** Each letter is a key that the client of that name sets to 1: `abc` makes three entries. */
export function fill(group: Group, keys: string, { without = [], view = 0 }: Filling = {}): void {
  for (const key of keys) {
    setClientView(group, key, view);
    group.ask(key, key);
    group.run({ without });
  }
}

/**
 * Replica 2 missed eight entries, `a` to `h`, which the others have executed: both have a checkpoint of three entries and
 * one of six, and hold no entry before the fourth.
 */
export function laggingGroup(kind: Kind = {}): Group {
  const group = checkpointing(kind);
  fill(group, 'abcdefgh', { without: [2] });
  group.fire(0, 'heartbeat');
  group.run({ without: [2] });
  return group;
}

/**
 * Replica 0 alone holds `old`, of view 0, and knows of nothing else. The others have gone on to view 1, and have
 * executed `a` to `h` there.
 */
export function groupThatMovedOn(kind: Kind = {}): Group {
  const group = checkpointing(kind);
  group.ask('old', 'old');
  group.run({ without: [1, 2] });
  group.fire(1, 'suspect');
  group.run({ without: [0] });
  fill(group, 'abcdefgh', { without: [0], view: 1 });
  group.fire(1, 'heartbeat');
  group.run({ without: [0] });
  return group;
}

/** Replica 2 learns from the primary of view 0 that it lacks entries, and is told which checkpoint stands for them. */
export function offerToReplica2(group: Group): void {
  group.fire(0, 'heartbeat');
  group.deliver('COMMIT', { to: 2 });
  group.lose('COMMIT');
  group.deliver('GETSTATE');
}

/** Replica 2 has missed the second request of each of 20 clients: the trees differ only in branches that it has. */
export function groupWithMuchInCommon(kind: Kind = {}): Group {
  const group = checkpointing(kind);
  const names = 'abcdefghijklmnopqrst';
  fill(group, names);
  group.fire(0, 'heartbeat');
  group.run();
  fill(group, names, { without: [2] });
  return group;
}

/** Delivers questions and answers about a checkpoint until none is in flight. Yields the answers. */
export function exchange(group: Group): readonly InFlight[] {
  const answers: InFlight[] = [];
  for (;;) {
    const [answer] = group.find('CHECKPOINT');
    if (answer !== undefined) answers.push(answer);
    else if (group.find('GETCHECKPOINT').length === 0) return answers;
    group.deliver(answer === undefined ? 'GETCHECKPOINT' : 'CHECKPOINT');
  }
}

/** So many questions are answered, and the last answer is in flight. */
export function answerSome(group: Group, answers: number): void {
  for (let answer = 0; answer < answers; answer++) {
    group.deliver('CHECKPOINT');
    group.deliver('GETCHECKPOINT');
  }
}

/** The oldest CHECKPOINT in flight; all of them are lost. */
export function answerIn(group: Group): CheckpointMessage {
  const [packet] = group.find('CHECKPOINT');
  if (packet?.message.type !== 'CHECKPOINT') throw new Error('No CHECKPOINT is in flight.');
  group.lose('CHECKPOINT');
  return packet.message;
}

/** The oldest GETCHECKPOINT in flight. */
export function questionIn(group: Group): GetCheckpoint {
  const [packet] = group.find('GETCHECKPOINT');
  if (packet?.message.type !== 'GETCHECKPOINT') throw new Error('No GETCHECKPOINT is in flight.');
  return packet.message;
}

/** Delivers answers and questions until such a question is in flight, and yields it. */
export function nextQuestion(group: Group, isMeant: (question: GetCheckpoint) => boolean): GetCheckpoint {
  group.deliver('CHECKPOINT');
  while (!isMeant(questionIn(group))) {
    group.deliver('GETCHECKPOINT');
    group.deliver('CHECKPOINT');
  }
  return questionIn(group);
}

/** The sorted names that answers bring for a part of a checkpoint: clients or keys. */
export function namesIn(answers: readonly InFlight[], part: 'table' | 'state'): string {
  const names: string[] = [];
  for (const { message } of answers) {
    if (message.type !== 'CHECKPOINT' || message.exchanged?.part !== part) continue;
    for (const [, entries] of message.exchanged.answer.differences.flat())
      for (const [name] of entries ?? []) names.push(name);
  }
  return names.sort().join(' ');
}

/** What a replica has executed, with its state and its client-table in a form that can be compared. */
export function outcome(group: Group, number: number) {
  const { commitNumber, serviceState, clientTable } = group.replica(number);
  const state = [...partsOf(keyValueService, serviceState).entries()];
  return { commitNumber, state, table: [...clientTable.entries()].toSorted() };
}

/** The op-numbers of a replica's checkpoints, and which entries its log holds. */
export function extent(group: Group, number: number) {
  const { checkpoints, log } = group.replica(number);
  const held = log.entriesAfter(log.base).map(({ operation }) => Object(operation).key);
  return {
    checkpoints: checkpoints.map(({ opNumber }) => opNumber),
    base: log.base,
    log: held.join(' '),
  };
}
