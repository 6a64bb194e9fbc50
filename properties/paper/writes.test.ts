import { describe, expect, test } from 'vitest';
import {
  configure,
  createReplica,
  type Log,
  Log as Logs,
  ledgerService,
  type Message,
  type Replica,
  step,
} from '../../impl/index.ts';
import { unpredicted } from '../unpredicted.ts';
import { Group, reasonOf } from './group.ts';
import { inject } from './tamper.ts';

const configuration = configure(3, 'durable', ledgerService);

/** A backup that holds two entries, of which its disk has neither yet. */
function withTwoWrites(): Replica {
  const replica = createReplica(configuration, 1);
  let log: Log = Logs.empty;
  for (const opNumber of [1, 2]) {
    const request = {
      type: 'REQUEST',
      operation: 'a',
      clientId: `c${opNumber}/0`,
      session: 0,
      requestNumber: 1,
    } as const;
    log = log.append({ ...request, predicted: unpredicted });
    const suffix = log.suffix(opNumber - 1);
    const prepare: Message = { type: 'PREPARE', viewNumber: 0, suffix, opNumber, commitNumber: 0 };
    step(replica, { type: 'message', message: prepare });
  }
  return replica;
}

function acknowledgements(replica: Replica, write: number): readonly unknown[] {
  const outputs = step(replica, { type: 'durable', write });
  return outputs.map((output) => (output.type === 'send' ? output.message : output));
}

describe('several writes under way', () => {
  test('an acknowledgement waits for the write of its own entry', () => {
    const replica = withTwoWrites();
    expect(acknowledgements(replica, 1)).toMatchObject([{ type: 'PREPAREOK', opNumber: 1 }]);
    expect(acknowledgements(replica, 2)).toMatchObject([{ type: 'PREPAREOK', opNumber: 2 }]);
  });

  test('the last durable write releases all waiting messages in the order in which they were sent', () => {
    expect(acknowledgements(withTwoWrites(), 2)).toMatchObject([{ opNumber: 1 }, { opNumber: 2 }]);
  });

  test('a write that was reported before, or never issued, changes nothing', () => {
    const replica = withTwoWrites();
    acknowledgements(replica, 2);
    for (const write of [1, 2]) {
      expect(reasonOf(step(replica, { type: 'durable', write }))).toBe('already-durable');
    }
    expect(reasonOf(step(replica, { type: 'durable', write: 3 }))).toEqual({
      code: 'never-issued',
      write: 3,
    });
  });
});

describe('what replicas write', () => {
  test('a replica that goes to another view writes that view and not its log', () => {
    for (const mode of ['durable', 'diskless'] as const) {
      const group = new Group(3, mode, 'by hand');
      group.fire(1, 'suspect');
      const viewRecord = { type: 'viewRecord', viewNumber: 1, lastNormalView: 0, commitNumber: 0 };
      expect(group.disk(1).unsynced).toEqual([viewRecord, { type: 'end', write: 1 }]);
    }
  });

  test('a diskless replica writes its view-number and nothing else', () => {
    const group = new Group(3, 'diskless', 'by hand');
    group.ask('ann', 'x');
    group.run();
    expect(group.answers).toEqual([1]);
    expect([0, 1, 2].flatMap((number) => group.disk(number).unsynced)).toEqual([]);
    group.fire(0, 'heartbeat');
    group.run();
    group.fire(1, 'suspect');
    group.sync(1);
    expect(group.disk(1).image).toMatchObject({ viewNumber: 1, lastNormalView: 0, commitNumber: 0 });
  });
});

describe('a PREPARE of durable entries', () => {
  test('a backup acknowledges a PREPARE of durable entries at once and writes nothing', () => {
    const group = new Group(3, 'durable', 'by hand');
    for (const name of ['ann', 'bob']) group.ask(name, name);
    for (const _ of [1, 2]) group.deliver('REQUEST');
    const copies = [1, 2].map(() => {
      const copy = group.duplicate('PREPARE', { to: 1 });
      group.deliver('PREPARE', { to: 1 });
      return copy;
    });
    group.sync(1);
    for (const copy of copies) {
      const outputs = group.arrive(copy);
      expect(outputs.map(({ type }) => type)).not.toContain('write');
      expect(outputs).toContainEqual(expect.objectContaining({ type: 'send', to: 0 }));
    }
    expect(group.disk(1).unsynced).toEqual([]);
  });
});

describe('when a view is over before it is durable', () => {
  test('a primary whose view ends before it is durable still sends the replies to executed requests', () => {
    const group = new Group(3, 'durable', 'by hand');
    group.ask('ann', 'x');
    group.deliver('REQUEST');
    group.deliver('PREPARE', { to: 1 });
    group.deliver('PREPARE', { to: 2 });
    for (const number of [0, 1, 2]) group.sync(number);
    group.deliver('PREPAREOK', { from: 1 });
    group.fire(0, 'heartbeat');
    group.deliver('COMMIT', { to: 2 });
    group.lose();
    group.fire(1, 'suspect');
    group.sync(1);
    group.deliver('STARTVIEWCHANGE', { to: 2 });
    group.sync(2);
    group.deliver('STARTVIEWCHANGE', { from: 2, to: 1 });
    group.deliver('DOVIEWCHANGE', { from: 2 });
    expect(group.keys(1).executed).toBe('x');
    expect(group.find('REPLY')).toEqual([]);
    group.lose();
    const call = { type: 'STARTVIEWCHANGE', viewNumber: 2, replicaNumber: 2, callers: 0 } as const;
    inject(group, { from: 2, to: 1, message: call });
    expect(group.replica(1).viewNumber).toBe(2);
    group.sync(1);
    group.run();
    expect(group.answers).toEqual([1]);
  });
});
