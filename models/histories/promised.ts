import { type Promised, sameIdentity } from '../../spec/promise/index.ts';
import type { HistoryEvent } from './history.ts';
import type { Model } from './model.ts';

/**
 * What the clients of a simulated group could have written down: when each request was first submitted, and which place in
 * the order its first answer names. Each request is a process of its own. Times only say what came before what.
 */
export function historyOfClients({ submitted, answersBefore, answers }: Promised): readonly HistoryEvent[] {
  const events: HistoryEvent[] = [];
  const say = (process: number, type: 'invoke' | 'ok', place: number | null): void => {
    events.push({
      index: events.length,
      time: 1000 * events.length,
      process,
      type,
      f: 'take',
      value: ['order', place],
    });
  };
  const answered = new Set<number>();
  for (let count = 0; count <= answers.length; count++) {
    submitted.forEach((_, process) => {
      if (answersBefore[process] === count) say(process, 'invoke', null);
    });
    const answer = answers[count];
    if (answer === undefined) break;
    const process = submitted.findIndex((request) => sameIdentity(request, answer.request));
    if (process < 0 || answered.has(process)) continue;
    answered.add(process);
    say(process, 'ok', placeIn(answer.result));
  }
  return events;
}

/** A queue of places, from 1: whoever takes one gets the next. */
export const places: Model<number> = {
  initial: 0,
  refusal: () => undefined,
  apply: (taken, { result }) => (result === undefined || result === taken + 1 ? taken + 1 : undefined),
  nature: ({ result }) =>
    typeof result === 'number' ? { kind: 'other', only: result - 1 } : { kind: 'other' },
  nameOf: String,
};

/** The place that the simulated service's result names. */
function placeIn(result: Promised['answers'][number]['result']): number | null {
  const place =
    typeof result === 'object' && result !== null && 'position' in result ? result.position : null;
  return typeof place === 'number' ? place : null;
}
