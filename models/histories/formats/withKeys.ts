import type { Json } from '../../../impl/index.ts';
import type { HistoryEvent } from '../events/event.ts';
import { isList, textOf } from '../events/json.ts';
import type { HistoryError } from '../events/operations.ts';
import type { WrittenEvent } from './eventSchema.ts';

/**
 * The events with pairs of a key and a value as values. Where no value is such a pair, all are of one register, and its key is null.
 * Returns an error if only some are. An invocation without a value has the key with which it completes.
 */
export function withKeys(
  written: readonly WrittenEvent[],
  isUnkeyed: boolean,
): readonly HistoryEvent[] | HistoryError {
  const events = written.map(({ event }) => event);
  if (written.some(({ isKeyed }) => isKeyed)) return events;
  const telling = isUnkeyed ? [] : events.filter(isTelling);
  const [first] = telling;
  if (first === undefined || !isKeyed(first)) {
    const pair = telling.find(isKeyed);
    return pair === undefined ? events.map(asOnlyRegister) : mixed(pair, first);
  }
  const other = telling.find((event) => !isKeyed(event));
  return other === undefined ? withKeysOfCompletions(events) : mixed(other, first);
}

/** Whether the value of this event tells whether values have keys. */
function isTelling({ process, type, value }: HistoryEvent): boolean {
  return process !== 'nemesis' && (type === 'invoke' || type === 'ok') && value !== null;
}

/** Whether the value can be a key and a value: for a cas, a key and two values. */
function isKeyed({ f, value }: HistoryEvent): boolean {
  return isPair(value) && (f !== 'cas' || isPair(value[1]));
}

function isPair(value: Json | undefined): value is readonly [Json, Json] {
  return value !== undefined && isList(value) && value.length === 2;
}

function mixed({ index, value }: HistoryEvent, first: HistoryEvent | undefined): HistoryError {
  const [must, not] = first !== undefined && isKeyed(first) ? ['', 'not '] : ['not ', ''];
  return {
    event: index,
    field: 'value',
    message:
      `must ${must}be a list of a key and a value, as at event ${first?.index ?? 0}, and is ${not}one: ` +
      `${textOf(value).slice(0, 60)}. If all values are of one register, give --unkeyed`,
  };
}

function asOnlyRegister(event: HistoryEvent): HistoryEvent {
  return event.process === 'nemesis' ? event : { ...event, value: [null, event.value] };
}

function withKeysOfCompletions(events: readonly HistoryEvent[]): readonly HistoryEvent[] {
  const next = new Map<HistoryEvent['process'], HistoryEvent>();
  return events
    .toReversed()
    .map((event) => {
      const completion = next.get(event.process);
      next.set(event.process, event);
      if (event.type !== 'invoke' || event.value !== null || completion === undefined) return event;
      return isPair(completion.value) ? { ...event, value: [completion.value[0], null] } : event;
    })
    .reverse();
}
