import { describe, expect, it } from 'vitest';
import { exploreProtocol } from '../../models/protocol/exploreProtocol.ts';
import { answeredThroughViewChange } from '../../models/protocol/itf/example.ts';
import { itfText } from '../../models/protocol/itf/itf.ts';
import { replayed } from '../../models/protocol/itf/replayed.ts';
import { ruleMutantsOf } from '../../models/protocol/ruleMutants.ts';
import { realImplementation } from '../../models/world/implementation.ts';
import { serviceNamed } from '../../models/world/services.ts';
import { broken, groupOf, protocol } from '../../spec/protocol/index.ts';
import { itfSchema } from './itfSchema.ts';

const service = serviceNamed(realImplementation, undefined);
const group = groupOf(3, 'durable');
const example = answeredThroughViewChange(group, service);

describe('a run of the specification in the Informal Trace Format', () => {
  const trace: unknown = JSON.parse(itfText(example, group, 'an example'));

  it('has the published format', () => {
    expect(itfSchema.safeParse(trace)).toMatchObject({ success: true });
  });

  it('has a state for each step, of which each changes something', () => {
    const { states } = itfSchema.parse(trace);
    expect(states).toHaveLength(example.steps.length + 1);
    const contents = states.map(({ '#meta': _, step: __, ...variables }) => JSON.stringify(variables));
    expect(contents.filter((content, index) => content === contents[index + 1])).toEqual([]);
  });

  it('carries a request through a view change', () => {
    const actions = example.steps.map(({ step }) => step.action);
    expect(actions.indexOf('order')).toBeLessThan(actions.indexOf('start-view'));
    expect(actions.indexOf('start-view')).toBeLessThan(actions.indexOf('execute'));
    expect(actions.at(-1)).toBe('take-answer');
  });
});

describe('the schema of the Informal Trace Format', () => {
  const state = { '#meta': { index: 0 }, x: { '#bigint': '1' } };
  const small = { '#meta': { varTypes: { x: 'Int' } }, vars: ['x'], states: [state] };

  it('accepts a small trace', () => {
    expect(itfSchema.safeParse(small).success).toBe(true);
  });

  it.each([
    ['a JSON number', 1],
    ['a number that is no integer', { '#bigint': '1.5' }],
    ['a set with an element twice', { '#set': ['a', 'a'] }],
    [
      'a set with equal records',
      {
        '#set': [
          { a: '1', b: '2' },
          { b: '2', a: '1' },
        ],
      },
    ],
    [
      'a map with a key twice',
      {
        '#map': [
          ['a', 'b'],
          ['a', 'c'],
        ],
      },
    ],
    ['a map whose entries are no pairs', { '#map': [['a']] }],
    ['an unknown construct', { '#list': [] }],
    ['what cannot be serialized', { '#unserializable': 'Int' }],
    ['a field without a value', { a: null }],
  ])('rejects %s', (_, x) => {
    expect(itfSchema.safeParse({ ...small, states: [{ x }] }).success).toBe(false);
  });

  it.each([
    ['a state that lacks a variable', { ...small, states: [state, {}] }],
    ['a state with another variable', { ...small, states: [{ ...state, y: 'a' }] }],
    ['a variable without a type', { ...small, '#meta': { varTypes: {} } }],
  ])('rejects %s', (_, trace) => {
    expect(itfSchema.safeParse(trace).success).toBe(false);
  });
});

it.each([
  'adopt/not-twice',
  'PREPAREOK/no-later-view',
  'order/request-is-next',
  'REPLY/request-is-executed',
  'start-view/quorum-has-voted',
])('a shortest violating trace without the rule %s becomes such a run', (name) => {
  const rules = ruleMutantsOf(protocol).find((mutant) => mutant.name === name)?.rules;
  if (rules === undefined) throw new Error(`There is no rule ${name}.`);
  const bounds = { requests: 1, timeouts: 1, crashes: 0 };
  const { violation } = exploreProtocol({ group, service, clients: 1, bounds, rules });
  const run = replayed(rules, group, bounds, violation?.trace ?? []);
  const actions = run.steps.map(({ step }) => step.action);
  expect(actions).toContain(violation?.trace.at(-1)?.action);
  // The protocol itself does not allow one of its steps.
  let { state } = run.first;
  const isLegal = run.steps.every(({ step, after }) => {
    const isAllowed = broken(protocol, state, step) === undefined;
    state = after.state;
    return isAllowed;
  });
  expect(isLegal).toBe(false);
  expect(itfSchema.safeParse(JSON.parse(itfText(run, group, name))).success).toBe(true);
});
