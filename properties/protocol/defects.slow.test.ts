import { describe, expect, test } from 'vitest';
import type { Left } from '../../models/protocol/choices.ts';
import { exploreProtocol } from '../../models/protocol/exploreProtocol.ts';
import { ruleMutantsOf } from '../../models/protocol/ruleMutants.ts';
import { realImplementation } from '../../models/world/implementation.ts';
import { serviceNamed } from '../../models/world/services.ts';
import { type Group, groupOf, type Protocol, protocol } from '../../spec/protocol/index.ts';

const service = serviceNamed(realImplementation, undefined);
const { actions } = protocol;

/** A known mistake, as a change of one rule or of one effect. */
interface Defect {
  readonly name: string;
  readonly rules: Protocol;
  readonly mode: Group['mode'];
  readonly bounds: Left;
  /** The property that breaks first, and the number of steps that lead there, messages and executions apart. */
  readonly property: string;
  readonly steps: number;
}

const defects: readonly Defect[] = [
  {
    name: 'the paper’s recovery (VRR §4.3): the view-number is lost in a crash',
    rules: {
      ...protocol,
      actions: {
        ...actions,
        restart: {
          ...actions.restart,
          next(state, step) {
            const forgotten = state.replicas.map((replica, number) =>
              number === step.replica ? { ...replica, disk: { ...replica.disk, viewNumber: 0 } } : replica,
            );
            return actions.restart.next({ ...state, replicas: forgotten }, step);
          },
        },
      },
    },
    mode: 'diskless',
    bounds: { requests: 1, timeouts: 1, crashes: 2 },
    property: 'never-lost',
    steps: 11,
  },
  {
    name: 'the paper’s state transfer (VRR §5.2): the log is cut, and the later view adopted, before the answer comes',
    rules: {
      ...protocol,
      actions: {
        ...actions,
        adopt: {
          ...actions.adopt,
          next(state, step) {
            const { log, commitNumber } = state.replicas[step.replica] ?? {};
            const cut = log?.first(commitNumber ?? 0) ?? step.message.log;
            return actions.adopt.next(state, { ...step, message: { ...step.message, log: cut } });
          },
        },
      },
    },
    mode: 'durable',
    bounds: { requests: 2, timeouts: 2, crashes: 0 },
    property: 'never-lost',
    steps: 11,
  },
  without('PREPAREOK/entries-are-held', 'durable', { requests: 1, timeouts: 0, crashes: 1 }, 'never-lost', 4),
  without('PREPAREOK/no-later-view', 'durable', { requests: 1, timeouts: 1, crashes: 0 }, 'never-lost', 8),
  without('adopt/not-twice', 'durable', { requests: 1, timeouts: 1, crashes: 0 }, 'never-lost', 5),
  without(
    'start-view/quorum-has-voted',
    'durable',
    { requests: 1, timeouts: 1, crashes: 0 },
    'never-lost',
    7,
  ),
  without('order/request-is-next', 'durable', { requests: 1, timeouts: 1, crashes: 0 }, 'exactly-once', 5),
  without(
    'REPLY/request-is-executed',
    'durable',
    { requests: 1, timeouts: 0, crashes: 0 },
    'reply-is-result',
    3,
  ),
];

describe('a known mistake breaks the protocol, by a shortest trace', () => {
  test.each(defects)('$name', ({ rules, mode, bounds, property, steps }) => {
    const group = groupOf(3, mode);
    const { violation } = exploreProtocol({
      group,
      service,
      clients: 1,
      bounds,
      rules,
      most: 20_000,
      invariants: [],
    });
    expect([violation?.property, violation?.trace.length]).toEqual([property, steps]);
  });
});

function without(name: string, mode: Group['mode'], bounds: Left, property: string, steps: number): Defect {
  const mutant = ruleMutantsOf(protocol).find((one) => one.name === name);
  if (mutant === undefined) throw new Error(`There is no rule ${name}.`);
  return { name: `without the rule ${name}`, rules: mutant.rules, mode, bounds, property, steps };
}
