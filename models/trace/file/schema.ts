import { z } from 'zod';
import { proseOf } from '../../checking/properties.ts';
import type { Path } from '../../json/readJson.ts';
import type { EventRecord } from '../../world/event.ts';
import type { Counterexample } from '../counterexample.ts';
import { stepsOf } from '../steps.ts';

/** Why a value is no counterexample, and which part of it is wrong. */
export interface FormatError {
  readonly path: Path;
  readonly message: string;
}

/** The most events in a file. They fit into memory. */
const mostEvents = 100_000;

/**
 * An error that shows the value and describes the format. Zod's own messages show no value and describe
 * types.
 */
export const must = (what: string) => ({
  error: ({ input }: { readonly input?: unknown }): string =>
    input === undefined ? 'is missing' : `must be ${what}, and is ${shown(input)}`,
});

/** A whole number within these limits. */
export const whole = (min: number, max: number) => {
  const error = must(`a whole number from ${min} to ${max}`);
  return z.int(error).min(min, error).max(max, error);
};

const printableError = must('a text of at most 10000 printable characters');
/** Texts of a file are printed: control characters could take over the terminal. */
export const printable = z
  .string(printableError)
  .max(10_000, printableError)
  .regex(/^\P{C}*$/u, printableError);
/** A name in kebab-case. */
export const name = z
  .string(must('a name in kebab-case'))
  .max(100)
  .regex(/^[a-z\d]+(-[a-z\d]+)*$/, must('a name in kebab-case'));

const replica = whole(0, 30);
const client = whole(0, 999);
const object = must('an object');
const links = must('a list of at least one link, each as the numbers of its two replicas');
const link = z.tuple([replica, replica], must('a link: the numbers of its two replicas'));
// The compiler checks that every event type is listed.
const kinds = Object.keys({
  ...{ request: 0, end: 0, retry: 0, 'restart-client': 0, deliver: 0, drop: 0, duplicate: 0, timer: 0 },
  ...{ sync: 0, crash: 0, restart: 0, clock: 0, partition: 0, heal: 0 },
} satisfies Record<EventRecord['type'], 0>).join(', ');

const event = z.discriminatedUnion(
  'type',
  [
    z.strictObject({
      type: z.enum(['deliver', 'drop', 'duplicate']),
      message: printable,
      rank: whole(0, mostEvents),
    }),
    z.strictObject({
      type: z.literal('timer'),
      replica,
      timer: z.enum(['heartbeat', 'resend', 'suspect'], must('heartbeat, resend or suspect')),
    }),
    z.strictObject({ type: z.literal('sync'), replica, writes: whole(1, mostEvents).exactOptional() }),
    z.strictObject({
      type: z.literal('crash'),
      replica,
      survivors: whole(0, mostEvents),
      readable: whole(0, mostEvents).exactOptional(),
      lost: z.literal(true, must('true, or left out')).exactOptional(),
    }),
    z.strictObject({ type: z.literal('restart'), replica }),
    z.strictObject({ type: z.literal('clock'), replica, time: whole(0, Number.MAX_SAFE_INTEGER) }),
    z.strictObject({ type: z.literal('request'), client, operation: z.json().exactOptional() }),
    z.strictObject({ type: z.literal('end'), client }),
    z.strictObject({ type: z.literal('retry'), client }),
    z.strictObject({ type: z.literal('restart-client'), client }),
    z.strictObject({
      type: z.literal('partition'),
      cut: z
        .array(link, links)
        .min(1, links)
        .max(30 * 31, links),
      loses: z.boolean(must('true or false')),
    }),
    z.strictObject({ type: z.literal('heal') }),
  ],
  { error: (issue) => (issue.code === 'invalid_union' ? `must be one of ${kinds}` : object.error(issue)) },
);

const heading = z.object(
  {
    format: z.literal('viewstamped-counterexample', must('"viewstamped-counterexample"')),
    version: z.literal(1, must('1, the only version that is known here')),
  },
  object,
);

const latencyError = must('a number of ticks above 0, 10 at most');
const operationsError = must('a list of at least one operation');
const serviceError = must('failing or bulky, a file with operations, or left out');
const orNull = must('a whole number of 32 bits, or null');
const counterexample = z.strictObject({
  ...heading.shape,
  mutant: name.nullable(),
  setup: z.strictObject(
    {
      replicas: whole(1, 31),
      mode: z.enum(['durable', 'diskless'], must('durable or diskless')),
      clients: whole(0, 1000),
      maxChars: whole(1, 2 ** 30).exactOptional(),
      checkpointEvery: whole(1, 1_000_000).exactOptional(),
      pipeline: whole(1, 1_000_000).exactOptional(),
      sessions: whole(1, 1_000_000).exactOptional(),
      window: whole(1, 1000).exactOptional(),
      inPlace: z.literal(true, must('true, or left out')).exactOptional(),
      lateCheckpoints: z.literal(true, must('true, or left out')).exactOptional(),
      unfounded: z.literal(true, must('true, or left out')).exactOptional(),
      overload: z.literal(true, must('true, or left out')).exactOptional(),
      codec: z.enum(['json', 'binary'], must('json or binary')).exactOptional(),
      service: z
        .union(
          [
            z.enum(['failing', 'bulky', 'reading']),
            z.strictObject({
              file: printable,
              operations: z.array(z.json(), operationsError).min(1, operationsError),
            }),
          ],
          serviceError,
        )
        .exactOptional(),
      frameBytes: whole(4288, 2 ** 30).exactOptional(),
      impure: z
        .strictObject(
          { replica, from: whole(1, 1_000_000), part: z.enum(['table', 'state'], must('table or state')) },
          object,
        )
        .exactOptional(),
      altered: z.strictObject({ replica, opNumber: whole(1, 1_000_000) }, object).exactOptional(),
      latency: z.number(latencyError).positive(latencyError).max(10, latencyError).exactOptional(),
    },
    object,
  ),
  seed: z
    .int(orNull)
    .min(-(2 ** 31), orNull)
    .max(2 ** 32 - 1, orNull)
    .nullable(),
  faultProfile: printable.nullable(),
  violation: z.strictObject(
    {
      property: name,
      level: z.enum(['guarantee', 'step', 'state'], must('guarantee, step or state')),
      seen: printable,
      event: whole(0, mostEvents),
      phase: z.enum(['events', 'settling'], must('events or settling')),
    },
    object,
  ),
  minimal: z.boolean(must('true or false')),
  steps: whole(0, mostEvents),
  events: z.array(event, must('a list of events')).max(mostEvents, `must be at most ${mostEvents} events`),
});

/** The value as a counterexample, or what is wrong with it. */
export function check(value: unknown): Counterexample | FormatError {
  const head = heading.safeParse(value);
  if (!head.success) return errorOf(head.error);
  const whole = counterexample.safeParse(value);
  if (!whole.success) return errorOf(whole.error);
  return contradiction(whole.data) ?? whole.data;
}

/** Checks that the parts fit together, which the schema cannot express. */
function contradiction({ setup, violation, events, steps }: Counterexample): FormatError | undefined {
  for (const [index, event] of events.entries()) {
    const error = outOfRange(event, setup);
    if (error !== undefined) return { ...error, path: ['events', index, ...error.path] };
  }
  if (proseOf(violation.property) === undefined)
    return {
      path: ['violation', 'property'],
      message: `must be the name of a property, and is "${violation.property}"`,
    };
  const first = violation.phase === 'settling' ? events.length : 1;
  if (violation.event < first || violation.event > events.length) {
    const message = `must be the number of an event from ${first} to ${events.length}, and is ${violation.event}`;
    return { path: ['violation', 'event'], message };
  }
  const counted = stepsOf(events);
  if (steps === counted) return undefined;
  return { path: ['steps'], message: `must be ${counted}, as many as the events count, and is ${steps}` };
}

function outOfRange(
  event: EventRecord,
  { replicas, clients }: Counterexample['setup'],
): FormatError | undefined {
  if ('replica' in event && event.replica >= replicas)
    return {
      path: ['replica'],
      message: `must be a replica from 0 to ${replicas - 1}, and is ${event.replica}`,
    };
  if ('client' in event && event.client >= clients)
    return {
      path: ['client'],
      message: `must be below the number of clients, ${clients}, and is ${event.client}`,
    };
  if (!('cut' in event)) return undefined;
  const wrong = event.cut.findIndex(([from, to]) => from === to || Math.max(from, to) >= replicas);
  if (wrong < 0) return undefined;
  const message = `must be a link between two different replicas from 0 to ${replicas - 1}, and is ${shown(event.cut[wrong])}`;
  return { path: ['cut', wrong], message };
}

/** The first error that was found. */
export function errorOf({ issues: [issue] }: z.ZodError): FormatError {
  if (issue === undefined) return { path: [], message: 'is not right' };
  const path = issue.path.filter((key) => typeof key !== 'symbol');
  if (issue.code !== 'unrecognized_keys') return { path, message: issue.message };
  return { path: [...path, issue.keys[0] ?? ''], message: 'is no field of this format' };
}

function shown(value: unknown): string {
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
