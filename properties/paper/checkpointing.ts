import {
  type CheckpointMessage,
  type GetCheckpoint,
  keyValueService,
  partsOf,
  type StorageMode,
} from '../../impl/index.ts';
import { Group, type InFlight } from './group.ts';
import { setClientView } from './tamper.ts';

/** After how many entries each a checkpoint is taken here. */
export const every = 3;

/** What need not be said about a group that takes checkpoints. */
interface Kind {
  readonly mode?: StorageMode;
  readonly syncs?: 'at once' | 'by hand';
  /** By default messages carry one entry, one question, and one line or key of a checkpoint at a time. */
  readonly maxChars?: number;
}

/** Three replicas that take a checkpoint after every three entries. */
export function checkpointing({ mode = 'diskless', syncs = 'at once', maxChars = 1 }: Kind = {}): Group {
  return new Group(3, mode, syncs, { maxChars, checkpointEvery: every, pipeline: 100 });
}

/** Which replicas hear and say nothing, and which view the clients believe in. */
interface Filling {
  readonly without?: readonly number[];
  readonly view?: number;
}

/** Each packet is a key that is set to 1, by a client of that name: `abc` are three entries. */
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
 * clientTable `a` to `h` there.
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

/** Replica 2 has missed the second request of each of 20 clients, and so all that is different is of branches that it has. */
export function groupWithMuchInCommon(kind: Kind = {}): Group {
  const group = checkpointing(kind);
  const names = 'abcdefghijklmnopqrst';
  fill(group, names);
  group.fire(0, 'heartbeat');
  group.run();
  fill(group, names, { without: [2] });
  return group;
}

/** Questions and answers about a checkpoint go to and fro until there are none: yields the answers. */
export function exchange(group: Group): readonly InFlight[] {
  const answers: InFlight[] = [];
  for (;;) {
    const [answer] = group.find('CHECKPOINT');
    if (answer !== undefined) answers.push(answer);
    else if (group.find('GETCHECKPOINT').length === 0) return answers;
    group.deliver(answer === undefined ? 'GETCHECKPOINT' : 'CHECKPOINT');
  }
}

/** Some questions are answered, and the next answer is on its way. */
export function answerSome(group: Group, answers: number): void {
  for (let answer = 0; answer < answers; answer++) {
    group.deliver('CHECKPOINT');
    group.deliver('GETCHECKPOINT');
  }
}

/** The oldest CHECKPOINT on its way, which is taken off the network. */
export function answerIn(group: Group): CheckpointMessage {
  const [packet] = group.find('CHECKPOINT');
  if (packet?.message.type !== 'CHECKPOINT') throw new Error('No CHECKPOINT is on its way.');
  group.lose('CHECKPOINT');
  return packet.message;
}

/** The oldest GETCHECKPOINT on its way. */
export function questionIn(group: Group): GetCheckpoint {
  const [packet] = group.find('GETCHECKPOINT');
  if (packet?.message.type !== 'GETCHECKPOINT') throw new Error('No GETCHECKPOINT is on its way.');
  return packet.message;
}

/** Answers arrive, and questions are answered, until such a question is on its way. */
export function nextQuestion(group: Group, isMeant: (question: GetCheckpoint) => boolean): GetCheckpoint {
  group.deliver('CHECKPOINT');
  while (!isMeant(questionIn(group))) {
    group.deliver('GETCHECKPOINT');
    group.deliver('CHECKPOINT');
  }
  return questionIn(group);
}

/** The names in a part of a checkpoint that an answer brings, in order: clients, or keys. */
export function namesIn(answers: readonly InFlight[], part: 'table' | 'state'): string {
  const names: string[] = [];
  for (const { message } of answers) {
    if (message.type !== 'CHECKPOINT' || message.exchanged?.part !== part) continue;
    for (const [, entries] of message.exchanged.answer.differences.flat())
      for (const [name] of entries ?? []) names.push(name);
  }
  return names.sort().join(' ');
}

/** What a replica has clientTable, its state and its client-table in a form that can be compared. */
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
