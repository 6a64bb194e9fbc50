import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  beginning,
  guarantees,
  type Observation,
  observe,
  type Predicted,
  type Promised,
  type Request,
  type Result,
  type Service,
} from '../../spec/promise/index.ts';

/** Answers each operation with its place in the order, and a digest of everything up to there. */
const service: Service = {
  initial: { position: 0, digest: 0 },
  apply(before, operation) {
    if (!isPlace(before)) throw new TypeError('not a state of this service');
    const digest = (before.digest * 31 + Number(operation)) | 0;
    const after = { position: before.position + 1, digest };
    return { state: after, result: after };
  },
};

function isPlace(state: unknown): state is { readonly position: number; readonly digest: number } {
  return typeof state === 'object' && state !== null && 'position' in state && 'digest' in state;
}

const copies = 3;
const ann: Request = { clientId: 'ann', requestNumber: 1, operation: 10 };
const bob: Request = { clientId: 'bob', requestNumber: 1, operation: 5 };

const submitted = (request: Request): Observation => ({ kind: 'submitted', request });
const unpredicted: Predicted = { time: 0, random: 0 };
const executed = (
  copy: number,
  position: number,
  request: Request,
  result: Result,
  predicted = unpredicted,
): Observation => {
  return { kind: 'executed', copy, position, request, predicted, result };
};
const answered = (request: Request, result: Result): Observation => ({ kind: 'answered', request, result });
const restarted = (copy: number, count: number): Observation => ({
  kind: 'restarted',
  copy,
  executed: count,
});
const restored = (copy: number, count: number): Observation => ({ kind: 'restored', copy, executed: count });
const kept = (positions: number): Observation => ({ kind: 'kept', positions });
const settled = (unanswered: readonly Request[], counts: readonly number[]): Observation => {
  return { kind: 'settled', unanswered, executed: counts };
};

/** The results when bob's request comes first and ann's second. */
const bobFirst = { position: 1, digest: 5 };
const annSecond = { position: 2, digest: 165 };

/** Bob's request and then ann's were executed, by copy 0 only, and ann has her answer. */
const begun: readonly Observation[] = [
  submitted(ann),
  submitted(bob),
  executed(0, 1, bob, bobFirst),
  executed(0, 2, ann, annSecond),
  answered(ann, annSecond),
  kept(2),
];

interface Told {
  readonly state: Promised;
  /** The properties that were broken, those of one observation in reading order. */
  readonly broken: readonly string[];
  readonly why: readonly string[];
}

function tell(trace: readonly Observation[]): Told {
  let state = beginning(service, copies);
  const broken: string[] = [];
  const why: string[] = [];
  for (const observation of trace) {
    for (const property of guarantees) {
      const sentence = property.check(state, observation);
      if (sentence === undefined) continue;
      broken.push(property.name);
      why.push(sentence);
    }
    state = observe(state, observation);
  }
  return { state, broken, why };
}

test('a faithful trace breaks no property, and its history is the one order of its requests', () => {
  const { state, broken } = tell([
    ...begun,
    restarted(0, 0),
    executed(1, 1, bob, bobFirst),
    submitted({ ...bob }),
    answered({ ...bob }, { ...bobFirst }),
    executed(0, 1, bob, bobFirst),
    executed(2, 1, bob, bobFirst),
    executed(1, 2, { ...ann }, { ...annSecond }),
    restarted(1, 1),
    restored(1, 1),
    executed(1, 2, ann, annSecond),
    executed(0, 2, ann, annSecond),
    executed(2, 2, ann, annSecond),
    kept(2),
    settled([], [2, 2, 2]),
  ]);
  expect(broken).toEqual([]);
  expect(state.history.map((entry) => entry.request)).toEqual([bob, ann]);
  expect(state.executed).toEqual([2, 2, 2]);
  expect(state.submitted).toEqual([ann, bob]);
});

test('a request at which the service fails has its place in the history, and changes nothing', () => {
  // `Number` cannot make a number of this operation.
  const bad: Request = { clientId: 'eve', requestNumber: 1, operation: { toString: 1, valueOf: 1 } };
  const next: Request = { ...bob, requestNumber: 2 };
  const fourth = { position: 3, digest: 165 * 31 + 5 };
  const failed = [submitted(bad), executed(0, 3, bad, undefined), answered(bad, undefined)];
  const went = tell([...begun, ...failed, submitted(next), executed(0, 4, next, fourth)]);
  expect(went.broken).toEqual([]);
  expect(went.state.history[2]).toMatchObject({ result: undefined, state: annSecond });
  expect(tell([...begun, submitted(bad), executed(0, 3, bad, null)]).broken).toEqual(['same-result']);
  expect(tell([...begun, ...failed, answered(bad, null)]).broken).toEqual(['reply-is-result']);
});

describe('a trace with one wrong observation breaks the property', () => {
  const told: string[] = [];
  const breaks = (name: string, ...trace: readonly Observation[]): void => {
    test(name, () => {
      const { broken, why } = tell([...begun, ...trace]);
      expect(broken).toEqual([name]);
      expect(why[0]).toMatch(/^\S.*\.$/);
    });
    told.push(name);
  };
  const eve: Request = { clientId: 'eve', requestNumber: 1, operation: 7 };
  const eveThird = { position: 3, digest: 165 * 31 + 7 };
  const bobAgain: Request = { ...bob, requestNumber: 2 };
  const bobFourth = { position: 4, digest: (165 * 31 + 7) * 31 + 5 };
  const annThird = { position: 3, digest: 165 * 31 + 10 };

  breaks('one-order', submitted(eve), executed(1, 1, eve, { position: 1, digest: 7 }));
  breaks('in-turn', executed(1, 2, ann, annSecond));
  breaks('same-result', executed(1, 1, bob, { position: 1, digest: 6 }));
  breaks(
    'time-goes-on',
    submitted(eve),
    submitted(bobAgain),
    executed(0, 3, eve, eveThird, { time: 2, random: 0 }),
    executed(0, 4, bobAgain, bobFourth, { time: 1, random: 0 }),
  );
  breaks('nothing-invented', executed(0, 3, eve, eveThird));
  breaks('exactly-once', executed(0, 3, ann, annThird));
  breaks('reply-is-result', answered(bob, { position: 1, digest: 6 }));
  breaks('never-lost', kept(1));
  breaks('served-while-connected', { kind: 'connected', unanswered: [bob] });
  breaks('answered-in-the-end', settled([bob], [2, 2, 2]));
  breaks('all-or-none', settled([], [2, 1, 2]));

  test('linearizable', () => {
    const stale = [submitted(eve), answered(eve, { position: 1, digest: 7 })];
    expect(tell([...begun, ...stale]).broken).toEqual(['reply-is-result', 'linearizable']);
    const twoPlaces = [answered(ann, { position: 3, digest: 0 })];
    expect(tell([...begun, ...twoPlaces]).broken).toEqual(['reply-is-result', 'linearizable']);
    const onePlace = [answered(bob, { position: 2, digest: 0 })];
    expect(tell([...begun, ...onePlace]).broken).toEqual(['reply-is-result', 'linearizable']);
    const overlapping = [answered(bob, { position: 1, digest: 0 })];
    expect(tell([...begun, ...overlapping]).broken).toEqual(['reply-is-result']);
    const staleRead = [submitted(eve), answered(eve, { position: 1, digest: 7, isRead: true })];
    expect(tell([...begun, ...staleRead]).broken).toEqual(['reply-is-result', 'linearizable']);
    const read = { position: 2, digest: 7, isRead: true };
    const sharedPlace = [submitted(eve), answered(eve, read), answered(bob, read)];
    expect(tell([...begun, ...sharedPlace]).broken).toEqual(['reply-is-result', 'reply-is-result']);
    const otherShape = [answered(bob, 2)];
    expect(tell([...begun, ...otherShape]).broken).toEqual(['reply-is-result']);
  });

  test('of each name in the promise: none lacks a trace', () => {
    expect([...told, 'linearizable'].sort()).toEqual(guarantees.map((property) => property.name).sort());
  });
});

test.each<readonly [string, Observation, string]>([
  ['a position is skipped', executed(0, 4, bob, bobFirst), 'one-order'],
  ['a copy repeats a request', executed(0, 2, ann, annSecond), 'in-turn'],
  ['a copy comes back with more than there is', restarted(1, 3), 'in-turn'],
  ['a copy is replaced by more than there is', restored(1, 3), 'in-turn'],
  ['a copy is put back', restored(0, 1), 'in-turn'],
  ['a copy does not exist', executed(3, 1, bob, bobFirst), 'in-turn'],
  ['a fresh result is wrong', executed(0, 3, { ...ann, requestNumber: 2 }, 0), 'same-result'],
  ['an operation was altered', executed(0, 3, { ...bob, operation: 6 }, 0), 'nothing-invented'],
  ['an answer came before the execution', answered({ ...ann, requestNumber: 2 }, 0), 'reply-is-result'],
])('a property breaks if %s', (_what, observation, name) => {
  const { state } = tell([...begun, submitted({ ...ann, requestNumber: 2 })]);
  expect(guarantees.find((property) => property.name === name)?.check(state, observation)).toBeTypeOf(
    'string',
  );
});

test('the history only grows with any observations', () => {
  fc.assert(
    fc.property(fc.array(anything(), { maxLength: 30, size: 'max' }), (trace) => {
      let state = beginning(service, copies);
      for (const observation of trace) {
        const next = observe(state, observation);
        expect(next.history.slice(0, state.history.length)).toEqual(state.history);
        expect(next.history.length - state.history.length).toBeLessThanOrEqual(1);
        state = next;
      }
    }),
  );
});

test('random legal traces break no property', () => {
  let longest = 0;
  fc.assert(
    fc.property(fc.array(choice, { maxLength: 200, size: 'max' }), (choices) => {
      const { state, broken } = tell(legalTrace(choices));
      longest = Math.max(longest, state.history.length);
      expect(broken).toEqual([]);
    }),
  );
  expect(longest).toBeGreaterThan(10);
});

/** The theorem of `spec/README.md`, on traces of which most are illegal. */
test('clients cannot tell the copies from one machine while the other properties hold', () => {
  const premises = ['nothing-invented', 'exactly-once', 'reply-is-result'];
  let refuted = 0;
  fc.assert(
    fc.property(fc.array(anything(), { maxLength: 12, size: 'max' }), (trace) => {
      const { broken } = tell(trace);
      const first = broken.indexOf('linearizable');
      if (first < 0) return;
      refuted++;
      expect(broken.slice(0, first).filter((name) => premises.includes(name))).not.toEqual([]);
    }),
    { numRuns: 5000 },
  );
  expect(refuted).toBeGreaterThan(100);
});

test('the README states each property in the words of its file', () => {
  const readme = readFileSync(new URL('../../spec/README.md', import.meta.url), 'utf8').replace(/\s+/g, ' ');
  for (const property of guarantees) expect(readme).toContain(`**\`${property.name}\`** ${property.prose}`);
});

/** Any observation, with so few clients and positions that observations often concern the same request. */
function anything(): fc.Arbitrary<Observation> {
  const request: fc.Arbitrary<Request> = fc.record({
    clientId: fc.constantFrom('ann', 'bob'),
    requestNumber: fc.integer({ min: 1, max: 2 }),
    operation: fc.constantFrom(1, 1, 1, 2),
  });
  const small = fc.integer({ min: 0, max: 3 });
  const result = fc.record({ position: small, digest: fc.constantFrom(1, 32) });
  return fc.oneof(
    { weight: 3, arbitrary: request.map(submitted) },
    { weight: 3, arbitrary: fc.tuple(small, small, request, result).map((given) => executed(...given)) },
    { weight: 3, arbitrary: fc.tuple(request, result).map((given) => answered(...given)) },
    fc.tuple(small, small).map((given) => restarted(...given)),
    fc.tuple(small, small).map((given) => restored(...given)),
    small.map(kept),
    fc
      .tuple(fc.array(request, { maxLength: 1 }), fc.array(small, { maxLength: copies }))
      .map((given) => settled(...given)),
  );
}

const choice = fc.record({
  what: fc.constantFrom('submit', 'submit', 'execute', 'execute', 'execute', 'answer', 'restart', 'keep'),
  which: fc.nat({ max: 1000 }),
});

/** A trace of a faithful service, led by the choices, which settles in the end. */
function legalTrace(
  choices: readonly { readonly what: string; readonly which: number }[],
): readonly Observation[] {
  const trace: Observation[] = [];
  let state = beginning(service, copies);
  const next = (observation: Observation | undefined): void => {
    if (observation === undefined) return;
    trace.push(observation);
    state = observe(state, observation);
  };
  for (const { what, which } of choices) {
    if (what === 'submit')
      next(submitted({ clientId: `c${which % 4}`, requestNumber: which % 50, operation: which % 50 }));
    else if (what === 'execute') next(execution(state, which));
    else if (what === 'answer') next(answer(state, which));
    else if (what === 'restart') next(restarted(which % copies, which % (state.history.length + 1)));
    else next(kept(state.history.length + (which % 2)));
  }
  for (let copy = 0; copy < copies; copy++) {
    for (let more = execution(state, copy); more !== undefined; more = execution(state, copy)) next(more);
  }
  for (let index = 0; index < state.history.length; index++) next(answer(state, index));
  next(settled([], state.executed));
  return trace;
}

/** A copy executes its next position: the history's entry, or else a request that the history lacks. */
function execution(state: Promised, which: number): Observation | undefined {
  const copy = which % copies;
  const done = state.executed[copy] ?? 0;
  const known = state.history[done];
  if (known !== undefined) return executed(copy, done + 1, known.request, known.result);
  const open = state.submitted.filter((request) => state.history.every((entry) => entry.request !== request));
  const request = open[which % Math.max(1, open.length)];
  if (request === undefined) return undefined;
  return executed(
    copy,
    done + 1,
    request,
    service.apply(state.history.at(-1)?.state ?? service.initial, request.operation, unpredicted).result,
  );
}

/** A client that waits accepts its result. */
function answer(state: Promised, which: number): Observation | undefined {
  const waiting = state.history.filter(({ request }) =>
    state.answers.every((given) => given.request !== request),
  );
  const entry = waiting[which % Math.max(1, waiting.length)];
  return entry === undefined ? undefined : answered(entry.request, entry.result);
}
