import { type Promised, sameIdentity } from '../../spec/promise/index.ts';
import type { HistoryEvent } from './events/event.ts';
import type { SequentialModel } from './sequential/model.ts';

/**
 * The history that the clients of a simulated group observed: when each request was first submitted, and which place in the
 * order its first answer names. Each request is a process of its own. Times only order the events.
 */
export function historyOfClients({ submitted, answersBefore, answers }: Promised): readonly HistoryEvent[] {
  const events: HistoryEvent[] = [];
  const record = (process: number, type: 'invoke' | 'ok', place: number | null): void => {
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
      if (answersBefore[process] === count) record(process, 'invoke', null);
    });
    const answer = answers[count];
    if (answer === undefined) break;
    const process = submitted.findIndex((request) => sameIdentity(request, answer.request));
    if (process < 0 || answered.has(process)) continue;
    answered.add(process);
    record(process, 'ok', placeIn(answer.result));
  }
  return events;
}

/** A counter of places, from 1: each operation takes the next place. */
export const places: SequentialModel<number> = {
  initial: 0,
  validate: () => undefined,
  apply: (taken, { result }) => (result === undefined || result === taken + 1 ? taken + 1 : undefined),
  nature: ({ result }) =>
    typeof result === 'number' ? { kind: 'other', only: result - 1 } : { kind: 'other' },
  nameOf: String,
};

/** The place that a result of the simulated service names, or null. */
function placeIn(result: Promised['answers'][number]['result']): number | null {
  const place =
    typeof result === 'object' && result !== null && 'position' in result ? result.position : null;
  return typeof place === 'number' ? place : null;
}
