import { describe, expect, test } from 'vitest';
import { checkpointing, exchange, extent, fill, namesIn, outcome } from './checkpointing.ts';
import type { Group } from './group.ts';
import { replaceImage, waysToCrash } from './tamper.ts';

/** The restored checkpoints and executed entries that a step reports, in order. */
function brought(
  outputs: readonly { readonly type: string; readonly opNumber?: number }[],
): readonly string[] {
  return outputs
    .filter(({ type }) => type === 'restored' || type === 'executed')
    .map(({ type, opNumber }) => `${type} ${opNumber}`);
}

/** Replica 2 has all nine entries, and has executed eight of them, when it crashes. */
function crashed(mode: 'durable' | 'diskless'): Group {
  const group = checkpointing({ mode });
  fill(group, 'abcdefghi');
  group.crash(2);
  return group;
}

/** Delivers everything, and counts the CHECKPOINT messages that replica 2 gets. */
function runCounting(group: Group): number {
  let answers = 0;
  for (let [next] = group.inFlight; next !== undefined; [next] = group.inFlight) {
    if (next.message.type === 'CHECKPOINT' && next.to === 2) answers++;
    group.deliver(next.message.type, next);
  }
  return answers;
}

describe('a durable replica that restarts, VRR §5.1', () => {
  test('a durable replica restarts with its checkpoint and executes the committed entries after it', () => {
    const group = crashed('durable');
    const outputs = group.restart(2);
    // The commit-number on its disk was written with the ninth entry, when it knew of seven committed ones.
    expect(brought(outputs)).toEqual(['restored 6', 'executed 7']);
    expect(extent(group, 2)).toEqual({ checkpoints: [6], base: 3, log: 'd e f g h i' });
    expect(group.replica(2)).toMatchObject({ status: 'normal', commitNumber: 7 });
    expect(group.find('PREPAREOK', { from: 2 })).toMatchObject([{ message: { opNumber: 9 } }]);
  });

  test('a durable replica that restarts does not execute uncommitted entries of its log', () => {
    const group = checkpointing({ mode: 'durable' });
    fill(group, 'abcd');
    for (const name of 'efghi') {
      group.ask(name, name);
      group.deliver('REQUEST');
      group.deliver('PREPARE', { to: 2 });
      group.lose();
    }
    group.crash(2);
    expect(brought(group.restart(2))).toEqual(['restored 3', 'executed 4']);
    expect(extent(group, 2)).toEqual({ checkpoints: [3], base: 0, log: 'a b c d e f g h i' });
  });

  test('a durable replica without a checkpoint executes from its first entry', () => {
    const group = checkpointing({ mode: 'durable' });
    fill(group, 'abc');
    group.crash(2);
    expect(brought(group.restart(2))).toEqual(['executed 1']);
  });

  test('a durable replica that restarts has its client-table and goes on in step with the others', () => {
    const group = crashed('durable');
    group.restart(2);
    expect(outcome(group, 2).table.map(([client]) => client)).toEqual(
      [...'abcdefg'].map((key) => `${key}/0`),
    );
    group.fire(0, 'heartbeat');
    group.run();
    fill(group, 'jklm');
    group.fire(0, 'heartbeat');
    group.run();
    expect(outcome(group, 2)).toEqual(outcome(group, 0));
    expect(extent(group, 2)).toEqual(extent(group, 0));
  });

  test('a durable group that loses power loses nothing, and all replicas take equal checkpoints afterwards', () => {
    const group = checkpointing({ mode: 'durable' });
    fill(group, 'abcdefgh');
    const before = outcome(group, 0);
    for (const number of [0, 1, 2]) group.crash(number);
    for (const number of [0, 1, 2]) group.restart(number);
    group.run();
    expect(outcome(group, 1)).toEqual(before);
    fill(group, 'ijkl', { view: 1 });
    group.fire(1, 'heartbeat');
    group.run();
    const digests = [0, 1, 2].map((number) => group.replica(number).checkpoints.at(-1)?.state.digest);
    expect(new Set(digests).size).toBe(1);
    expect([0, 1, 2].map((number) => extent(group, number).checkpoints.at(-1))).toEqual([12, 12, 12]);
  });

  test('a durable replica that restarts finds the checkpoint and the log that it had fetched', () => {
    const group = checkpointing({ mode: 'durable' });
    fill(group, 'abcdefgh', { without: [2] });
    group.fire(0, 'heartbeat');
    group.run();
    expect(extent(group, 2)).toEqual({ checkpoints: [6], base: 6, log: 'g h' });
    group.crash(2);
    expect(brought(group.restart(2))[0]).toBe('restored 6');
    expect(extent(group, 2)).toEqual({ checkpoints: [6], base: 6, log: 'g h' });
    group.fire(0, 'heartbeat');
    group.run();
    expect(outcome(group, 2)).toEqual(outcome(group, 0));
  });

  test('a durable replica that restarts finds the view that it entered with a fetched checkpoint', () => {
    const group = checkpointing({ mode: 'durable' });
    group.ask('old', 'old');
    group.run({ without: [1, 2] });
    group.fire(1, 'suspect');
    group.run({ without: [0] });
    fill(group, 'abcdefgh', { without: [0], view: 1 });
    group.fire(1, 'heartbeat');
    group.run();
    group.crash(0);
    group.restart(0);
    expect(group.replica(0)).toMatchObject({ status: 'normal', viewNumber: 1, lastNormalView: 1 });
    expect(extent(group, 0)).toEqual({ checkpoints: [6], base: 6, log: 'g h' });
  });
});

describe('a diskless replica that restarts, VRR §5.1, §4.3', () => {
  test('a diskless replica restarts with its checkpoint and asks only for the entries after it', () => {
    const group = crashed('diskless');
    expect(brought(group.restart(2))).toEqual(['restored 6']);
    expect(group.replica(2)).toMatchObject({ status: 'recovering', commitNumber: 6 });
    expect(extent(group, 2)).toEqual({ checkpoints: [6], base: 6, log: '' });
    for (const to of [0, 1]) group.deliver('RECOVERY', { to });
    for (const from of [0, 1]) group.deliver('RECOVERYRESPONSE', { from });
    // The answer carries the last entry; the seventh and the eighth are fetched.
    expect(group.find('GETSTATE')).toMatchObject([{ to: 0, message: { opNumber: 6 } }]);
    expect(runCounting(group)).toBe(0);
    expect(group.replica(2)).toMatchObject({ status: 'normal', lastNormalView: 0 });
    expect(extent(group, 2)).toEqual({ checkpoints: [6, 9], base: 6, log: 'g h i' });
    expect(outcome(group, 2)).toEqual(outcome(group, 0));
  });

  test('a diskless replica needs no state transfer if RECOVERYRESPONSE carries all entries after its checkpoint', () => {
    const group = checkpointing({ maxChars: 10_000 });
    fill(group, 'abcdefgh');
    group.crash(2);
    group.restart(2);
    for (const to of [0, 1]) group.deliver('RECOVERY', { to });
    for (const from of [0, 1]) group.deliver('RECOVERYRESPONSE', { from });
    expect(group.find('GETSTATE')).toEqual([]);
    expect(group.replica(2).status).toBe('normal');
    expect(outcome(group, 2)).toEqual(outcome(group, 0));
  });

  test('a diskless replica fetches the differences to a later checkpoint if the entries after its own are gone', () => {
    const group = crashed('diskless');
    fill(group, 'jklm', { without: [2] });
    group.restart(2);
    for (const to of [0, 1]) group.deliver('RECOVERY', { to });
    for (const from of [0, 1]) group.deliver('RECOVERYRESPONSE', { from });
    expect(extent(group, 0)).toMatchObject({ checkpoints: [9, 12], base: 9 });
    group.deliver('GETSTATE');
    const answers = exchange(group);
    expect([namesIn(answers, 'table'), namesIn(answers, 'state')]).toEqual([
      'g/0 h/0 i/0 j/0 k/0 l/0',
      'g h i j k l',
    ]);
    expect(group.replica(2)).toMatchObject({ status: 'recovering', commitNumber: 6 });
    expect(group.find('GETSTATE')).toMatchObject([{ to: 0, message: { opNumber: 12 } }]);
    group.run();
    expect(group.replica(2).status).toBe('normal');
    expect(extent(group, 2)).toMatchObject({ checkpoints: [12], base: 12 });
    expect(outcome(group, 2)).toEqual(outcome(group, 0));
  });

  test('a diskless replica with a checkpoint needs far fewer messages than one without, and reaches the same state', () => {
    const counts = [false, true].map((losesDisk) => {
      const group = checkpointing();
      fill(group, 'abcdefghijk');
      group.crash(2);
      fill(group, 'lmnop', { without: [2] });
      if (losesDisk) replaceImage(group, 2, { ...group.disk(2).image, checkpoint: undefined });
      group.restart(2);
      const answers = runCounting(group);
      expect(group.replica(2).status).toBe('normal');
      expect(outcome(group, 2)).toEqual(outcome(group, 0));
      return answers;
    });
    const [own = 0, none = 0] = counts;
    expect(own).toBeGreaterThan(0);
    expect(own).toBeLessThan(0.6 * none);
  });

  test('a recovering replica keeps what it has fetched when it asks again with another nonce', () => {
    const group = checkpointing();
    fill(group, 'abcdefgh', { without: [2] });
    group.crash(2);
    group.restart(2);
    for (const to of [0, 1]) group.deliver('RECOVERY', { to });
    for (const from of [0, 1]) group.deliver('RECOVERYRESPONSE', { from });
    group.deliver('GETSTATE');
    for (let answer = 0; answer < 5; answer++) {
      group.deliver('CHECKPOINT');
      group.deliver('GETCHECKPOINT');
    }
    group.lose();
    const here = group.replica(2).checkpointTransfer?.table.size ?? 0;
    expect(here).toBeGreaterThan(1);
    group.fire(2, 'resend');
    for (const to of [0, 1]) group.deliver('RECOVERY', { to });
    for (const from of [0, 1]) group.deliver('RECOVERYRESPONSE', { from });
    group.deliver('GETSTATE');
    expect(namesIn(exchange(group), 'table').split(' ')).toHaveLength(6 - here);
    group.run();
    expect(outcome(group, 2)).toEqual(outcome(group, 0));
  });
});

describe('a checkpoint that is not durable yet, VRR §5.1', () => {
  test('a checkpoint whose write is interrupted is ignored, and the earlier one stands with all entries after it', () => {
    for (const crash of waysToCrash) {
      for (const survivors of [0, 1, 2]) {
        const group = slowWrite();
        crash(group, 0, survivors);
        group.restart(0);
        expect(extent(group, 0)).toEqual({ checkpoints: [3], base: 0, log: 'a b c d e f' });
      }
      const group = slowWrite();
      crash(group, 0, 3);
      group.restart(0);
      expect(extent(group, 0)).toEqual({ checkpoints: [6], base: 3, log: 'd e f' });
    }
  });

  test('a diskless replica sends its messages without waiting for a checkpoint to be durable', () => {
    const group = checkpointing({ syncs: 'by hand' });
    fill(group, 'abcdefgh');
    expect(group.answers).toHaveLength(8);
    const unsynced = group.disk(0).unsynced.map(({ type }) => type);
    expect(unsynced).toEqual(['checkpoint', 'viewRecord', 'end', 'checkpoint', 'viewRecord', 'end']);
    group.crash(1);
    group.restart(1);
    group.run();
    expect(group.replica(1).status).toBe('normal');
  });

  test('a diskless replica sends its first message of a view only when the view is durable', () => {
    const group = checkpointing({ syncs: 'by hand' });
    fill(group, 'abcdef');
    group.fire(1, 'suspect');
    expect(group.find('STARTVIEWCHANGE')).toEqual([]);
    group.sync(1);
    expect(group.find('STARTVIEWCHANGE')).toHaveLength(2);
  });

  /** Replica 0 has just executed its sixth entry: of what it wrote, the second checkpoint is not durable yet. */
  function slowWrite(): Group {
    const group = checkpointing({ mode: 'durable', syncs: 'by hand' });
    for (const name of 'abcdef') {
      group.ask(name, name);
      group.deliver('REQUEST');
      group.deliver('PREPARE', { to: 1 });
      group.lose('PREPARE');
      for (const number of [1, 0]) group.sync(number);
      group.deliver('PREPAREOK');
      if (name !== 'f') group.sync(0);
      group.lose();
    }
    return group;
  }
});
