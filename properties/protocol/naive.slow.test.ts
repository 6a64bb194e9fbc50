import { describe, expect, it } from 'vitest';
import type { Left } from '../../models/protocol/choices.ts';
import { exploreProtocol } from '../../models/protocol/exploreProtocol.ts';
import { exploreNaively } from '../../models/protocol/naive/exploreNaively.ts';
import { type AtOnce, everythingAtOnce } from '../../models/protocol/naive/settling.ts';
import { allIn, coreText, type RunState } from '../../models/protocol/naive/texts.ts';
import { realImplementation } from '../../models/world/implementation.ts';
import { serviceNamed } from '../../models/world/services.ts';
import { type Group, groupOf, type Message } from '../../spec/protocol/index.ts';

const service = serviceNamed(realImplementation, undefined);

describe('a naive exploration of the protocol finds as many states as the fast one', () => {
  it.each([
    ['durable', 1, 1, 0, 244],
    ['diskless', 1, 1, 0, 244],
    ['diskless', 1, 0, 1, 64],
  ] as const)('%s, requests %i, timeouts %i, crashes %i', (mode, requests, timeouts, crashes, states) => {
    const group = groupOf(3, mode);
    const bounds = { requests, timeouts, crashes };
    const fast = exploreProtocol({ group, service, clients: 1, bounds, eagerWrites: true });
    expect(fast).toMatchObject({ states, isWhole: true });
    expect(exploreNaively(group, bounds, { ...everythingAtOnce, persists: 'own' })).toHaveLength(states);
  });

  it.each([
    ['durable', 400],
    ['diskless', 227],
  ] as const)('%s, one request and one lost storage', (mode, states) => {
    const group = groupOf(3, mode);
    const bounds = { requests: 1, timeouts: 0, crashes: 0, losses: 1 };
    expect(exploreProtocol({ group, service, clients: 1, bounds })).toMatchObject({ states, isWhole: true });
    expect(exploreNaively(group, bounds)).toHaveLength(states);
  });

  it.each([
    [1, 0, 60],
    [0, 1, 583],
  ])('requests %i, timeouts %i, one read, one round before it', (requests, timeouts, states) => {
    const group = groupOf(3, 'durable', undefined, true);
    const bounds = { requests, timeouts, crashes: 0, reads: 1, rounds: 1 };
    expect(exploreProtocol({ group, service, clients: 1, bounds })).toMatchObject({ states, isWhole: true });
    expect(exploreNaively(group, bounds)).toHaveLength(states);
  });
});

/** What happens at any time or never, rather than at once. */
type Late = Message['type'] | 'execute' | 'take-answer' | 'persist';

interface Small {
  readonly mode: Group['mode'];
  readonly bounds: Left;
  /** What may be late, and then no more is held, executed, answered or said. */
  readonly covered: readonly Late[];
  /** What may be late, and then more may be said, but no other view, log or storage comes of it. */
  readonly sameCores: readonly Late[];
}

const small: readonly Small[] = [
  {
    mode: 'durable',
    bounds: { requests: 1, timeouts: 1, crashes: 0 },
    covered: ['execute', 'take-answer', 'REPLY', 'COMMIT'],
    // An entry that is executed before it is on the disk: a vote without it tells that it is committed.
    sameCores: ['persist'],
  },
  {
    mode: 'diskless',
    bounds: { requests: 1, timeouts: 0, crashes: 1 },
    covered: [
      'execute',
      'take-answer',
      'persist',
      'REPLY',
      'COMMIT',
      'PREPARE',
      'STARTVIEWCHANGE',
      'RECOVERYRESPONSE',
    ],
    // A primary may answer a recovering replica without the entries that this has not acknowledged.
    sameCores: ['PREPAREOK'],
  },
];

describe('what an exploration takes at once hides no state that a group can come to', () => {
  for (const { mode, bounds, covered, sameCores } of small) {
    const { requests, timeouts, crashes } = bounds;
    describe(`${mode}, requests ${requests}, timeouts ${timeouts}, crashes ${crashes}`, () => {
      const group = groupOf(3, mode);
      const usual = byCore(exploreNaively(group, bounds));

      it.each([...covered, ...sameCores])(
        '%s at any time or never: the views, logs and storage are the usual ones',
        (what) => {
          const others = exploreNaively(group, bounds, atOnceBut(what));
          expect(new Set(others.map(coreText))).toEqual(new Set(usual.keys()));
          const uncovered = others.filter(
            (other) => !usual.get(coreText(other))?.some((one) => includes(one, other)),
          );
          // That a late kind of step is not covered is known to be so: a change of it should be noticed.
          expect(uncovered.length > 0).toBe(sameCores.includes(what));
        },
      );
    });
  }
});

function atOnceBut(late: Late): AtOnce {
  return {
    sends: (type) => type !== late,
    executes: late !== 'execute',
    answers: late !== 'take-answer',
    persists: late === 'persist' ? 'none' : 'crashless',
  };
}

function byCore(runStates: readonly RunState[]): ReadonlyMap<string, readonly RunState[]> {
  const all = new Map<string, RunState[]>();
  for (const runState of runStates) {
    const core = coreText(runState);
    all.set(core, [...(all.get(core) ?? []), runState]);
  }
  return all;
}

/** Whether, in the first state, at least as much was sent, executed and answered as in the other. */
function includes(one: RunState, other: RunState): boolean {
  const sent = new Set(allIn(one.state.sent).texts);
  return (
    allIn(other.state.sent).texts.every((text) => sent.has(text)) &&
    one.executed.every((count, replica) => count >= (other.executed[replica] ?? 0)) &&
    one.state.clients.every(
      ({ answered }, client) => answered >= (other.state.clients[client]?.answered ?? 0),
    )
  );
}
