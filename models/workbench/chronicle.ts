import type { Json } from '../../impl/index.ts';
import type { HistoryEvent } from '../linearizability/history.ts';
import type { Clock } from './clock.ts';

/** Takes down a history as it happens. */
export class Chronicle {
  private readonly happened: HistoryEvent[] = [];
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get events(): readonly HistoryEvent[] {
    return this.happened;
  }

  add(event: Omit<HistoryEvent, 'index' | 'time'>): void {
    const time = Math.round(this.clock.now() * 1e6);
    this.happened.push({ index: this.happened.length, time, ...event });
  }
}

/** An event as Jepsen writes it, in a line of EDN. */
export function ednOf({ index, time, process, type, f, value, error }: HistoryEvent): string {
  const who = process === 'nemesis' ? ':nemesis' : process;
  const fields = [`:process ${who}`, `:type :${type}`, `:f :${f}`, `:value ${edn(value)}`];
  if (error !== undefined) fields.push(`:error ${edn(error)}`);
  return `{${[...fields, `:time ${time}`, `:index ${index}`].join(', ')}}`;
}

function edn(value: Json): string {
  if (value === null) return 'nil';
  if (typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(edn).join(' ')}]`;
  return `{${Object.entries(value)
    .map(([name, field]) => `${JSON.stringify(name)} ${edn(field)}`)
    .join(', ')}}`;
}

/** The library's own test does not see that read-only lists are lists. */
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
