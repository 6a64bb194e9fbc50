import { nextEntry, type Predicted, type Promised, submissionOf } from './history.ts';
import type { Json } from './json.ts';
import type { Request } from './request.ts';

/** A client submits a request, for the first time or again. */
export interface Submitted {
  readonly kind: 'submitted';
  readonly request: Request;
}

/** A copy of the service executes a request, at a position of the history (from 1), with `predicted`, and gets `result`. */
export interface Executed {
  readonly kind: 'executed';
  /** Counted from 0. */
  readonly copy: number;
  readonly position: number;
  readonly request: Request;
  readonly predicted: Predicted;
  readonly result: Json;
}

/** A client accepts `result` as the answer to its request. */
export interface Answered {
  readonly kind: 'answered';
  readonly request: Request;
  readonly result: Json;
}

/** A copy stops, and comes back having executed only the first `executed` requests of the history. */
export interface Restarted {
  readonly kind: 'restarted';
  readonly copy: number;
  /** 0 or more. */
  readonly executed: number;
}

/**
 * The state of a copy, which runs, is replaced by one that was made elsewhere or earlier, and stands for the first
 * `executed` requests of the history.
 */
interface Restored {
  readonly kind: 'restored';
  readonly copy: number;
  readonly executed: number;
}

/**
 * Were as many copies lost now, at once, as the service promises to survive, whichever they are, then the
 * first `positions` requests of the history would still be there.
 */
export interface Kept {
  readonly kind: 'kept';
  readonly positions: number;
}

/**
 * Faults have stopped for long enough. These requests are still unanswered, although their clients wait, and
 * so much of the history has each copy executed.
 */
export interface Settled {
  readonly kind: 'settled';
  readonly unanswered: readonly Request[];
  readonly executed: readonly number[];
}

/** What someone outside can see of a replicated service, one event at a time. */
export type Observation = Submitted | Executed | Answered | Restarted | Restored | Kept | Settled;

/**
 * What is known after the observation. The history grows in one case only: a copy executes a request at the
 * first position that is still free. Its result and state there are for the service to say, not for the copy.
 *
 * This is defined for every observation, also for one that breaks a property, so that each property can be tried
 * without the others. What contradicts the history leaves it as it is.
 */
export function observe(state: Promised, observation: Observation): Promised {
  switch (observation.kind) {
    case 'submitted':
      return submit(state, observation.request);
    case 'executed':
      return execute(state, observation);
    case 'answered': {
      const { request, result } = observation;
      return { ...state, answers: [...state.answers, { request, result }] };
    }
    case 'restarted':
    case 'restored':
      return { ...state, executed: replaced(state.executed, observation.copy, observation.executed) };
    case 'kept':
    case 'settled':
      return state;
  }
}

/** A request that is submitted again was under way since the first time: only that counts. */
function submit(state: Promised, request: Request): Promised {
  if (submissionOf(state, request) >= 0) return state;
  return {
    ...state,
    submitted: [...state.submitted, request],
    answersBefore: [...state.answersBefore, state.answers.length],
  };
}

function execute(state: Promised, { copy, position, request, predicted }: Executed): Promised {
  const executed = replaced(state.executed, copy, position);
  if (position !== state.history.length + 1) return { ...state, executed };
  return { ...state, executed, history: [...state.history, nextEntry(state, request, predicted)] };
}

/** A copy that does not exist changes nothing. */
function replaced(counts: readonly number[], copy: number, count: number): readonly number[] {
  return counts.map((old, index) => (index === copy ? count : old));
}
