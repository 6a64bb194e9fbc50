import { type AcceptedAnswer, type Promised, type Result, submissionOf } from '../model/history.ts';
import { isList } from '../model/json.ts';
import { nameOf, type Request, sameIdentity } from '../model/request.ts';
import type { Guarantee } from './guarantee.ts';

/**
 * Without it clients that talk to each other would notice that there is more than one machine.
 *
 * The check looks at submissions and answers alone, never at the history. For an arbitrary service that takes
 * a search for an order that explains the answers, and this file holds no search. The services that the
 * models run answer every operation with `{ position, digest }`: the place in the order, from 1, at which the
 * request took effect, and a digest of every operation up to there. A read, which says so by `isRead`, takes no place:
 * its answer names the last place before it. Such answers name the order, and the check is whether that order is
 * possible. It ignores answers of any other shape.
 */
export const linearizable: Guarantee = {
  name: 'linearizable',
  kind: 'linearizability',
  prose:
    'To its clients the service looks like a single machine that does one thing at a time: each request ' +
    'takes effect at one instant between its submission and its answer, and no two take effect at the ' +
    'same place in the order.',
  check(state, observation) {
    if (observation.kind !== 'answered' && observation.kind !== 'read') return undefined;
    const place = placeIn(observation.result);
    return place === undefined ? undefined : contradiction(state, observation, place);
  },
};

function contradiction(state: Promised, { request }: AcceptedAnswer, place: number): string | undefined {
  const answersBefore = state.answersBefore[submissionOf(state, request)] ?? 0;
  const index = state.answers.findIndex((earlier, count) => {
    const other = placeIn(earlier.result);
    if (other === undefined) return false;
    if (sameIdentity(earlier.request, request)) return other !== place;
    const isTaken = other === place && Number.isInteger(place);
    return isTaken || (other > place && count < answersBefore);
  });
  const earlier = state.answers[index];
  return earlier && explain(request, place, earlier.request, placeIn(earlier.result));
}

function explain(request: Request, place: number, earlier: Request, other: number | undefined): string {
  const seen = `By its answer, ${nameOf(request)} took effect ${textOf(place)}`;
  if (sameIdentity(earlier, request)) return `${seen}, and by an earlier answer ${textOf(other)}.`;
  if (other === place) return `${seen}, and so did ${nameOf(earlier)}.`;
  return `${seen}, before ${nameOf(earlier)} ${textOf(other)}, but was submitted after that was answered.`;
}

function textOf(place = 0): string {
  return Number.isInteger(place) ? `at place ${place}` : `after place ${Math.floor(place)}`;
}

/**
 * The place that a result names, or `undefined` if it is not of the shape `{ position, digest }`. That of a read is half a
 * place later than the one it names.
 */
function placeIn(result: Result): number | undefined {
  if (typeof result !== 'object' || result === null || isList(result)) return undefined;
  const { position, digest, isRead } = result;
  if (typeof position !== 'number' || digest === undefined) return undefined;
  return isRead === true ? position + 0.5 : position;
}
