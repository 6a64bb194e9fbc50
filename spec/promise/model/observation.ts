import { nextEntry, type Predicted, type Promised, type Result, submissionOf } from './history.ts';
import type { Request } from './request.ts';

/** A client submits a request, for the first time or again. */
export interface Submitted {
  readonly kind: 'submitted';
  readonly request: Request;
}

/**
 * A copy of the service executes a request at a position of the history (from 1), with `predicted`, and gets
 * `result`, or undefined: its service failed at the request.
 */
export interface Executed {
  readonly kind: 'executed';
  /** Counted from 0. */
  readonly copy: number;
  readonly position: number;
  readonly request: Request;
  readonly predicted: Predicted;
  readonly result: Result;
}

/** A client accepts `result` as the answer to its request, or undefined: the service failed at it. */
export interface Answered {
  readonly kind: 'answered';
  readonly request: Request;
  readonly result: Result;
}

/** A client accepts `result` as the answer to a request that only reads, and that has no place in the history. */
export interface ReadAnswered {
  readonly kind: 'read';
  readonly request: Request;
  readonly result: Result;
}

/** A copy stops and restarts from a state that has executed the first `executed` requests of the history. */
export interface Restarted {
  readonly kind: 'restarted';
  readonly copy: number;
  /** 0 or more. */
  readonly executed: number;
}

/**
 * The state of a running copy is replaced by a checkpoint of itself or another copy, which has executed the
 * first `executed` requests of the history.
 */
interface Restored {
  readonly kind: 'restored';
  readonly copy: number;
  readonly executed: number;
}

/**
 * If as many copies as the service tolerates were lost now, at once, whichever they are, the first
 * `positions` requests of the history would survive.
 */
export interface Kept {
  readonly kind: 'kept';
  readonly positions: number;
}

/**
 * One copy has exchanged messages with a quorum for long enough, while other links may be cut. `unanswered` are
 * the requests whose clients still wait, and reach every copy.
 */
interface Connected {
  readonly kind: 'connected';
  readonly unanswered: readonly Request[];
}

/**
 * Faults have stopped for long enough. `unanswered` are the requests whose clients still wait; `executed`
 * says, by copy, how many requests of the history it has executed.
 */
export interface Settled {
  readonly kind: 'settled';
  readonly unanswered: readonly Request[];
  readonly executed: readonly number[];
}

/** One event of a replicated service as it is seen from outside. */
export type Observation =
  | Submitted
  | Executed
  | Answered
  | ReadAnswered
  | Restarted
  | Restored
  | Kept
  | Connected
  | Settled;

/**
 * The state after the observation. The history grows in one case only: a copy executes a request at the first
 * free position. The entry's result and state come from the service, not from the copy.
 *
 * It is defined for every observation, including one that breaks a guarantee, so that each guarantee can be
 * checked without the others. An observation that contradicts the history leaves it unchanged.
 */
export function observe(state: Promised, observation: Observation): Promised {
  switch (observation.kind) {
    case 'submitted':
      return submit(state, observation.request);
    case 'executed':
      return execute(state, observation);
    case 'answered':
    case 'read': {
      const { request, result } = observation;
      const next = copyOf(state);
      next.answers = [...state.answers, { request, result }];
      return next;
    }
    case 'restarted':
    case 'restored':
      return withExecuted(state, observation.copy, observation.executed);
    case 'kept':
    case 'connected':
    case 'settled':
      return state;
  }
}

/** Only the first submission of a request counts: from then on it may take effect. */
function submit(state: Promised, request: Request): Promised {
  if (submissionOf(state, request) >= 0) return state;
  const next = copyOf(state);
  next.submitted = [...state.submitted, request];
  next.answersBefore = [...state.answersBefore, state.answers.length];
  return next;
}

function execute(state: Promised, { copy, position, request, predicted }: Executed): Promised {
  const next = withExecuted(state, copy, position);
  if (position === state.history.length + 1)
    next.history = [...state.history, nextEntry(state, request, predicted)];
  return next;
}

/** A copy that does not exist changes nothing. */
function withExecuted(state: Promised, copy: number, count: number): Draft {
  const next = copyOf(state);
  next.executed = state.executed.map((old, index) => (index === copy ? count : old));
  return next;
}

/** A state that is being made, and changes until it is used. */
type Draft = { -readonly [Part in keyof Promised]: Promised[Part] };

/** This literal gives all states one hidden class, and a spread would not. */
function copyOf({ service, submitted, answersBefore, history, answers, executed }: Promised): Draft {
  return { service, submitted, answersBefore, history, answers, executed };
}
