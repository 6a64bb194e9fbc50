import { expect, test } from 'vitest';
import { ProtocolRun } from '../../models/book/run/protocolRun.ts';
import { workedRun } from '../../models/book/run/workedRun.ts';
import type { Step } from '../../spec/protocol/index.ts';

const allowed: Step = { action: 'enter-view', replica: 1, viewNumber: 1 };
const forbidden: Step = { action: 'enter-view', replica: 1, viewNumber: 0 };

test('a run of the specification throws where a step is not what it is said to be', () => {
  const run = new ProtocolRun('durable');
  expect(() => run.does(forbidden)).toThrow('view-is-later');
  expect(() => run.mayNot(allowed, 'view-is-later')).toThrow('breaks no rule');
  expect(() => run.mayNot(forbidden, 'takes-part')).toThrow('breaks view-is-later');
});

test('a run of the specification writes down each step with the replica that it changed', () => {
  const run = new ProtocolRun('diskless');
  run.says('r1 moves.');
  run.does(allowed);
  run.mayNot(forbidden, 'view-is-later');
  expect(run.taken().split('\n')).toEqual([
    '# r1 moves.',
    ' 1  enter-view r1: v1',
    '      r1: v1 view-change lnv0 [] k0 | disk: v0, no log | not durable: v1, no log',
    ' -  enter-view r1: v0',
    '      FORBIDDEN. Rule view-is-later: The view is later than the present one.',
  ]);
});

test('the worked run ends with the answered request executed by all replicas, in the view that was started', () => {
  const { recovery } = workedRun();
  expect(recovery.split('\n').slice(-3)).toEqual(
    [0, 1, 2].map((number) => `    r${number}: v1 normal lnv1 [ann.1] k1 | disk: v1 lnv1 [ann.1]`),
  );
});
