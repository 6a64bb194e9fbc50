import { describe, expect, test } from 'vitest';
import { blankImage, foundedAtOnce, Log, readBack } from '../../impl/index.ts';
import { unpredicted } from '../unpredicted.ts';
import { checkpointing, fill } from './checkpointing.ts';
import { Group } from './group.ts';
import { crashAnyway, replaceImage } from './tamper.ts';

/** Replicas 0 and 1 hold `a`, `b` and `c`, which are committed. Replica 2 knows of none of them. */
function groupOfTwo(): Group {
  const group = new Group(3, 'durable');
  for (const key of 'abc') {
    group.ask(key, key);
    group.run({ without: [2] });
  }
  return group;
}

describe('a replica with a corrupt log, VRR §4.3', () => {
  test('a replica with a corrupt log does not vote, because it may have acknowledged the unreadable entries', () => {
    const group = groupOfTwo();
    group.crash(1, { readable: 1 });
    group.restart(1);
    expect(group.replica(1)).toMatchObject({ status: 'recovering', commitNumber: 1 });
    group.lose('RECOVERY');
    group.crash(0);
    group.fire(2, 'suspect');
    group.run();
    expect(group.find('DOVIEWCHANGE')).toEqual([]);
    expect([group.replica(1).status, group.replica(2).status]).toEqual(['recovering', 'view-change']);
  });

  test('a replica with a corrupt log keeps the committed entries and gets the rest from the others', () => {
    const group = groupOfTwo();
    group.crash(1, { readable: 2 });
    group.restart(1);
    // The commit-number on its disk came with the write of `c`, before it heard that `b` is committed.
    expect(group.keys(1)).toEqual({ log: 'a', executed: 'a' });
    group.run();
    expect(group.replica(1)).toMatchObject({ status: 'normal', commitNumber: 3 });
    expect(group.disk(1).image).toMatchObject({ isCorrupt: false, log: { length: 3 } });
  });

  test('a replica with a corrupt log keeps its checkpoint, even beyond the commit-number on its disk', () => {
    const group = checkpointing({ mode: 'durable' });
    fill(group, 'abc');
    group.fire(0, 'heartbeat');
    group.run();
    const { image } = group.disk(1);
    expect(image.checkpoint).toMatchObject({ opNumber: 3 });
    group.crash(1);
    replaceImage(group, 1, { ...image, log: image.log.compacted(3), commitNumber: 1, isCorrupt: true });
    group.restart(1);
    expect(group.replica(1)).toMatchObject({ status: 'recovering', commitNumber: 3, log: { length: 3 } });
    group.run();
    expect(group.replica(1).status).toBe('normal');
  });

  test('a replica with a corrupt log executes no readable entry that is not known to be committed', () => {
    const group = new Group(3, 'durable', 'at once', { pipeline: 8 });
    for (const key of 'abc') {
      group.ask(key, key);
      group.deliver('REQUEST');
      group.deliver('PREPARE', { to: 1 });
    }
    group.crash(1, { readable: 2 });
    group.restart(1);
    expect(group.keys(1)).toEqual({ log: '', executed: '' });
  });

  test('a log stays corrupt through a crash until all of it is on stable storage again', () => {
    const group = groupOfTwo();
    group.crash(1, { readable: 1 });
    group.restart(1);
    group.crash(1);
    group.lose('RECOVERY');
    expect(group.disk(1).image.isCorrupt).toBe(true);
    group.restart(1);
    expect(group.replica(1).status).toBe('recovering');
    group.run();
    expect(group.disk(1).image.isCorrupt).toBe(false);
  });

  test('a replica fetches a checkpoint if its own cannot be read', () => {
    const group = checkpointing({ mode: 'durable' });
    fill(group, 'abcdefgh');
    group.crash(2, { readable: 0 });
    expect(group.disk(2).image).toEqual({
      ...blankImage,
      membership: foundedAtOnce(group.replica(0).configuration),
      isCorrupt: true,
    });
    group.restart(2);
    group.run();
    expect(group.replica(2)).toMatchObject({
      status: 'normal',
      commitNumber: 8,
      log: { length: 8, base: 6 },
    });
    expect(group.disk(2).image).toMatchObject({ isCorrupt: false, checkpoint: { opNumber: 6 } });
  });

  test('an alarm is raised when more replicas have a corrupt log than the group tolerates', () => {
    const group = groupOfTwo();
    group.crash(0, { readable: 1 });
    crashAnyway(group, 1, 1);
    group.restart(0);
    group.restart(1);
    group.run();
    group.fire(0, 'resend');
    group.run();
    expect(group.alarms).toContainEqual({ code: 'too-many-recovering', recovering: 2, tolerated: 1 });
  });
});

describe('corruption on stable storage', () => {
  const entry = {
    type: 'REQUEST',
    operation: 'a',
    clientId: 'ann/0',
    session: 0,
    requestNumber: 1,
    predicted: unpredicted,
  } as const;
  const suffix = Log.empty.append(entry).suffix(0);
  const corrupted = { ...blankImage, isCorrupt: true };
  const viewRecord = { type: 'viewRecord', viewNumber: 1, lastNormalView: 0, commitNumber: 0 } as const;
  const end = { type: 'end', write: 1 } as const;

  test('corruption on stable storage ends only with a whole write of entries', () => {
    expect(readBack(corrupted, [viewRecord, end])).toMatchObject({ isCorrupt: true, viewNumber: 1 });
    expect(readBack(corrupted, [{ type: 'entries', suffix }, viewRecord]).isCorrupt).toBe(true);
    expect(readBack(corrupted, [{ type: 'entries', suffix }, viewRecord, end]).isCorrupt).toBe(false);
  });
});
