import { describe, expect, test } from 'vitest';
import {
  configure,
  createReplica,
  type Json,
  type Output,
  type Predicted,
  type Request,
  type Service,
  step,
  Tree,
} from '../../impl/index.ts';
import { ExecutionFailedError } from '../../impl/node/client/errors.ts';
import { LocalGroup } from '../../impl/node/localGroup.ts';
import { generousTimeout, until } from '../node/servedGroup.ts';
import { inVirtualTime } from '../node/virtualTime.ts';

/** Adds numbers. It fails at 13 in three ways, and cannot give a sum of 7 in parts. */
const adder: Service<number> = {
  initial: 0,
  validate: (operation) => {
    if (operation === 'poison') throw new Error('no idea');
    return typeof operation === 'number' ? undefined : 'an operation must be a number';
  },
  apply: (sum, operation) => {
    if (operation === 13) throw new Error('13 brings bad luck');
    if (operation === 14) return { state: sum + 1000, result: Number.NaN };
    if (operation === 15) return { state: sum + 1000, result: nested(65) };
    return { state: sum + Number(operation), result: sum + Number(operation) };
  },
  snapshot: (sum) => {
    if (sum === 7) throw new Error('7 has no parts');
    return Tree.empty<Json>().set('sum', sum);
  },
  restore: (parts) => Number(parts.get('sum')),
};

function nested(depth: number): Json {
  return depth === 0 ? [] : [nested(depth - 1)];
}

/** A replica that is a group by itself. */
function alone(checkpointEvery = 1000, window = 2) {
  const sessions = Number.POSITIVE_INFINITY;
  const configuration = configure(1, 'diskless', adder, { sessions, window, checkpointEvery });
  const replica = createReplica(configuration, 0);
  const ask = (requestNumber: number, operation: Json): readonly Output[] => {
    const message: Request = { type: 'REQUEST', operation, clientId: 'ann', session: 0, requestNumber };
    return step(replica, { type: 'message', message });
  };
  return { replica, ask };
}

const answers = (outputs: readonly Output[]) =>
  outputs.flatMap((output) => (output.type === 'reply' ? [output.message] : []));

describe('an operation at which the service fails', () => {
  test.each([
    [13, 'Error: 13 brings bad luck'],
    [14, 'result is NaN: JSON has no such number, use null'],
    [15, `result${'[0]'.repeat(64)} is nested more than 64 deep`],
  ])('changes nothing, and the replica goes on (%i)', (operation, problem) => {
    const { replica, ask } = alone();
    ask(1, 5);
    const outputs = ask(2, operation);
    expect(outputs).toContainEqual(expect.objectContaining({ type: 'failed', opNumber: 2, problem }));
    expect(answers(outputs)).toEqual([{ type: 'FAILED', viewNumber: 0, clientId: 'ann', requestNumber: 2 }]);
    expect(replica).toMatchObject({ commitNumber: 2, serviceState: 5 });
    expect(answers(ask(3, 1))).toMatchObject([{ type: 'REPLY', result: 6 }]);
  });

  test('is answered in the same way when its client repeats it, as long as its outcome is kept', () => {
    const { replica, ask } = alone();
    for (const [index, operation] of [13, 1, 13].entries()) ask(index + 1, operation);
    expect(answers(ask(2, 1))).toMatchObject([{ type: 'REPLY', result: 1 }]);
    expect(answers(ask(3, 13))).toMatchObject([{ type: 'FAILED', requestNumber: 3 }]);
    expect(ask(1, 13)).toMatchObject([{ type: 'dropped', reason: 'later-request-executed' }]);
    expect(replica.clientTable.get('ann')).toEqual({
      ...{ session: 0, requestNumber: 3, results: [1, null], failed: [3], opNumber: 3 },
    });
    ask(4, 1);
    ask(5, 1);
    expect(replica.clientTable.get('ann')).not.toHaveProperty('failed');
  });

  test('is rejected if the service fails to validate it', () => {
    const { replica, ask } = alone();
    expect(ask(1, 'poison')).toMatchObject([
      { type: 'rejected', reason: { text: 'the service failed to validate the operation' } },
    ]);
    expect(replica.log.length).toBe(0);
  });

  test.each(['durable', 'diskless'] as const)('fails its request in a %s group', (mode) =>
    inVirtualTime(async () => {
      const group = new LocalGroup(configure(3, mode, adder), 5);
      expect(await group.request(5, { deadline: generousTimeout })).toBe(5);
      const failure = group.request(13, { deadline: generousTimeout });
      await expect(failure).rejects.toBeInstanceOf(ExecutionFailedError);
      await expect(failure).rejects.toMatchObject({ operation: 13 });
      for (const number of [0, 1, 2]) {
        group.crash(number);
        expect(await group.request(0, { deadline: generousTimeout })).toBe(5);
        group.start(number);
        await until(() => group.replica(number)?.status === 'normal', 'the replica is normal again');
      }
      group.close();
    }),
  );
});

test('a service that cannot give its state for a checkpoint keeps the log, and raises an alarm', () => {
  const { replica, ask } = alone(1);
  ask(1, 5);
  expect(replica.checkpoints.map(({ opNumber }) => opNumber)).toEqual([1]);
  const alarm = { type: 'alarm', reason: { code: 'checkpoint-not-taken', opNumber: 2 } };
  expect(ask(2, 2)).toContainEqual(
    expect.objectContaining({ ...alarm, reason: expect.objectContaining(alarm.reason) }),
  );
  expect(replica.checkpoints.map(({ opNumber }) => opNumber)).toEqual([1]);
  ask(3, 1);
  expect(replica.checkpoints.map(({ opNumber }) => opNumber)).toEqual([1, 3]);
  expect(replica.log.base).toBe(1);
});

test('what a service throws may be anything', () => {
  const throwing = (thrown: unknown): Service<Json> => ({
    initial: null,
    validate: () => undefined,
    apply: (_state: Json, _operation: Json, _predicted: Predicted) => {
      throw thrown;
    },
  });
  for (const thrown of [undefined, 'text', Object.create(null), new TypeError('bad')]) {
    const sessions = Number.POSITIVE_INFINITY;
    const replica = createReplica(configure(1, 'diskless', throwing(thrown), { sessions }), 0);
    const outputs = step(replica, {
      type: 'message',
      message: { type: 'REQUEST', operation: 1, clientId: 'ann', session: 0, requestNumber: 1 },
    });
    expect(outputs.map(({ type }) => type)).toEqual(['failed', 'reply']);
  }
});
