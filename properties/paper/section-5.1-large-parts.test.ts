import { describe, expect, test } from 'vitest';
import {
  type CheckpointMessage,
  configure,
  createReplica,
  type GetCheckpoint,
  type LeafPiece,
  Log,
  ledgerService,
  type Message,
  type Output,
  step,
} from '../../impl/index.ts';
import { asInVrr } from '../asInVrr.ts';
import { commitOf } from '../commit.ts';

/** A service whose state is a text, which an operation makes longer. Its parts have up to 16,384 characters. */
const growing = {
  ...ledgerService,
  initial: '',
  validate: () => undefined,
  apply: (state: unknown, operation: unknown) => ({
    state: `${state}${operation}${'€😀'.repeat(2500)}`,
    result: null,
  }),
};
const configuration = configure(3, 'diskless', growing, { ...asInVrr, frameBytes: 5000, checkpointEvery: 1 });

/** Replicas 0 and 1 after three operations and checkpoints, and replica 2, which has asked about the last checkpoint. */
class Lagging {
  readonly replicas = [0, 1, 2].map((number) => createReplica(configuration, number));
  /** The question that replica 2 has sent last. */
  question: GetCheckpoint | undefined;
  readonly pieces: LeafPiece[] = [];
  private readonly waiting: { readonly to: number; readonly message: Message }[] = [];

  constructor() {
    for (const operation of ['a', 'b', 'c']) {
      const request = { operation, clientId: operation, session: 0, requestNumber: 1 };
      this.give(0, { type: 'REQUEST', ...request });
      this.run([2]);
    }
    const [primary] = this.replicas;
    this.give(2, commitOf(primary?.log ?? Log.empty, 3));
    this.run([]);
  }

  /** Gives a message to a replica. Questions of replica 2 wait for an answer. */
  give(to: number, message: Message): readonly Output[] {
    const replica = this.replicas[to];
    if (replica === undefined) throw new RangeError(`There is no replica ${to}.`);
    const outputs = step(replica, { type: 'message', message });
    for (const output of outputs) {
      if (output.type !== 'send') continue;
      if (output.message.type === 'GETCHECKPOINT') this.question = output.message;
      else this.waiting.push({ to: output.to, message: output.message });
    }
    return outputs;
  }

  /** Answers the question of replica 2, without delivering the answer. */
  answer(): CheckpointMessage {
    const { question } = this;
    if (question === undefined) throw new Error('Nothing was asked.');
    this.question = undefined;
    this.give(0, question);
    const message = this.waiting.pop()?.message;
    if (message?.type !== 'CHECKPOINT') throw new Error('There is no answer.');
    return message;
  }

  /** Answers until nothing is asked. */
  exchange(): void {
    while (this.question !== undefined) {
      const answer = this.answer();
      const { piece } = answer.exchanged?.answer ?? {};
      if (piece !== undefined) this.pieces.push(piece);
      this.give(2, answer);
    }
    this.run([]);
  }

  /** Answers until the answer is a piece that begins within a part. */
  nextPiece(): CheckpointMessage & { readonly piece: LeafPiece } {
    for (;;) {
      const answer = this.answer();
      const { piece } = answer.exchanged?.answer ?? {};
      if (piece !== undefined && piece.from > 0) return { ...answer, piece };
      this.give(2, answer);
    }
  }

  private run(without: readonly number[]): void {
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift())
      if (!without.includes(next.to)) this.give(next.to, next.message);
  }
}

/** The answer with another piece. */
function withPiece({ exchanged, ...message }: CheckpointMessage, piece: LeafPiece): CheckpointMessage {
  if (exchanged === null) throw new Error('It is an offer.');
  return { ...message, exchanged: { ...exchanged, answer: { ...exchanged.answer, piece } } };
}

describe('a part of a checkpoint that is too large for a message', () => {
  test('arrives in pieces, which follow one another and cut no pair of surrogates', () => {
    const group = new Lagging();
    group.exchange();
    const [primary, , laggard] = group.replicas;
    expect(laggard).toMatchObject({ status: 'normal', commitNumber: 3 });
    expect(laggard?.serviceState).toBe(primary?.serviceState);
    expect(group.pieces.length).toBeGreaterThan(20);
    for (const [index, { from, text, length }] of group.pieces.entries()) {
      expect(text.isWellFormed()).toBe(true);
      const next = group.pieces[index + 1]?.from ?? 0;
      expect(next).toBe(from + text.length < length ? from + text.length : 0);
    }
  });

  test('grows by each piece once', () => {
    const group = new Lagging();
    const piece = group.nextPiece();
    group.give(2, piece);
    expect(group.give(2, piece)).toEqual([{ type: 'dropped', reason: 'question-not-asked' }]);
    group.exchange();
    expect(group.replicas[2]?.serviceState).toBe(group.replicas[0]?.serviceState);
  });

  test('takes no piece of another part', () => {
    const group = new Lagging();
    const message = group.nextPiece();
    const { piece } = message;
    for (const other of [
      { path: `${piece.path}0` },
      { way: (piece.way + 1) % 16 },
      { length: piece.length + 1 },
    ]) {
      const outputs = group.give(2, withPiece(message, { ...piece, ...other }));
      expect(outputs).toEqual([{ type: 'dropped', reason: 'question-not-asked' }]);
    }
  });

  test('begins again with a piece from its beginning, or of a replica that has another part there', () => {
    const group = new Lagging();
    const message = group.nextPiece();
    group.give(2, withPiece(message, { ...message.piece, from: 0, text: '[', length: 9 }));
    expect(group.question?.from).toBe(1);
    // A replica asks anew if what it has does not go on.
    expect(group.answer().exchanged?.answer.piece?.from).toBe(1);
  });

  test.each(['[["0","x"', '["0","x"]', '[["0"]]', '{}'])('is asked for again if its text is %j', (text) => {
    const group = new Lagging();
    const message = group.nextPiece();
    group.give(2, withPiece(message, { ...message.piece, from: 0, text, length: text.length }));
    expect(group.question?.from).toBe(0);
    group.exchange();
    expect(group.replicas[2]?.serviceState).toBe(group.replicas[0]?.serviceState);
  });

  test('is asked for from the beginning where no such text is held', () => {
    const group = new Lagging();
    const { question } = group;
    if (question === undefined) throw new Error('Nothing was asked.');
    group.give(2, group.nextPiece());
    const later = { ...question, part: group.question?.part ?? 'table', from: 1e9 } as const;
    group.question = { ...later, questions: group.question?.questions ?? [] };
    expect(group.answer().exchanged?.answer.piece?.from).toBe(0);
  });
});
