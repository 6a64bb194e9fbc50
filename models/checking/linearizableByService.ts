import { isDeepStrictEqual } from 'node:util';
import {
  type AcceptedAnswer,
  type Guarantee,
  nameOf,
  type Promised,
  type Request,
  sameJson,
  sameRequest,
} from '../../spec/promise/index.ts';

/**
 * The check of `linearizable` for a service whose results do not name their places: the order is that of the history, and the
 * answers are held to what the service by itself makes of it. A request has its place in the history. One that is not there can
 * only be a read, at the first place after all answers that its client could know, at which the service gives its answer.
 */
export const checkByService: Guarantee['check'] = (state, observation) => {
  if (observation.kind !== 'answered') return undefined;
  const { request, result } = observation;
  const least = leastPlace(state, request);
  if (placeOf(state, observation, least) !== undefined) return undefined;
  const answer = `The answer to ${nameOf(request)} was ${JSON.stringify(result) ?? 'a failure'}`;
  const places = `of ${state.history.length} places, those up to ${least} were taken when it was submitted`;
  return `${answer}, which the service gives at no place where it can have taken effect: ${places}.`;
};

/** By answer. It stays, because the history only grows at its end. */
const places = new WeakMap<AcceptedAnswer, number>();

/** The last place of an answer that a client accepted before the request was submitted, or 0. */
function leastPlace(state: Promised, request: Request): number {
  const submission = state.submitted.findLastIndex((submitted) => sameRequest(submitted, request));
  const before = state.answers.slice(0, state.answersBefore[submission] ?? 0);
  return before.reduce((last, answer) => Math.max(last, knownPlace(state, answer)), 0);
}

function knownPlace(state: Promised, answer: AcceptedAnswer): number {
  const known = places.get(answer);
  if (known !== undefined) return known;
  const place = placeOf(state, answer, leastPlace(state, answer.request)) ?? 0;
  places.set(answer, place);
  return place;
}

/** The first place in the order, of `least` or later, at which the service gives this answer. */
function placeOf(
  { history, service }: Promised,
  { request, result }: AcceptedAnswer,
  least: number,
): number | undefined {
  const index = history.findLastIndex((entry) => sameRequest(entry.request, request));
  const entry = history[index];
  if (entry !== undefined) return index >= least && sameJson(entry.result, result) ? index + 1 : undefined;
  for (let place = least; place <= history.length; place++) {
    const { state = service.initial, predicted = { time: 0, random: 0 } } = history[place - 1] ?? {};
    try {
      const applied = service.apply(state, request.operation, predicted);
      if (sameJson(applied.result, result) && isDeepStrictEqual(applied.state, state)) return place;
    } catch {
      if (result === undefined) return place;
    }
  }
  return undefined;
}
