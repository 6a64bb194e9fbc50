import { z } from 'zod';
import type { Json } from '../../../spec/promise/index.ts';

/*
 * The format of a trace, version 1: docs/conform.md explains it. Every object is strict, so that a field with a wrong name is
 * reported.
 */

const whole = z.int().nonnegative();
const text = z.string();
const replica = whole.max(1000);
const levels = 1000;
/** Any JSON value, not so deep that comparing two of them would exceed the stack. */
const json = z.custom<Json>(
  (value) => value !== undefined && isWithin(levels, value),
  `a value is missing, or nested in more than ${levels} levels`,
);

/** The shape of each field, by its name: it means the same everywhere. */
const [opNumber, commitNumber] = [whole, whole];
/** The views are kept in a list. */
const view = whole.max(1_000_000);
const [viewNumber, lastNormalView] = [view, view];
const [session, requestNumber, time, random] = [whole, whole, whole, whole];
const [clientId, nonce, operation, result] = [text, text, json, json];

const logName = z.strictObject({ opNumber, checksum: text });
const stored = z.strictObject({ viewNumber, lastNormalView, log: logName.nullable() });
const entry = z.tuple([text, clientId, session, requestNumber, time, random, operation]);
const log = z.strictObject({ after: logName, entries: z.array(entry) });

const message = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('REQUEST'), clientId, session, requestNumber, operation }),
  z.strictObject({ type: z.literal('REPLY'), clientId, requestNumber, result }),
  z.strictObject({ type: z.literal('FAILED'), clientId, requestNumber }),
  z.strictObject({ type: z.literal('EVICTED'), clientId, requestNumber }),
  z.strictObject({ type: z.literal('PREPARE'), viewNumber, log: logName, commitNumber }),
  z.strictObject({ type: z.literal('PREPAREOK'), viewNumber, opNumber }),
  z.strictObject({ type: z.literal('COMMIT'), viewNumber, commitNumber }),
  z.strictObject({ type: z.literal('STARTVIEWCHANGE'), viewNumber }),
  z.strictObject({
    type: z.literal('DOVIEWCHANGE'),
    viewNumber,
    lastNormalView,
    log: logName,
    commitNumber,
  }),
  z.strictObject({ type: z.literal('STARTVIEW'), viewNumber, log: logName, commitNumber }),
  z.strictObject({ type: z.literal('NEWSTATE'), viewNumber, log: logName, commitNumber }),
  z.strictObject({ type: z.literal('CHECKPOINT'), viewNumber, log: logName }),
  z.strictObject({ type: z.literal('RECOVERY'), nonce, viewNumber }),
  z.strictObject({
    type: z.literal('RECOVERYRESPONSE'),
    nonce,
    viewNumber,
    log: logName.nullable(),
    commitNumber: commitNumber.optional(),
  }),
  z.strictObject({ type: z.literal('JOIN'), nonce }),
  z.strictObject({ type: z.literal('OTHER'), name: text.optional() }),
]);

const event = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('message'), from: replica.optional(), message }),
  z.strictObject({ type: z.literal('timer') }),
  z.strictObject({ type: z.literal('durable') }),
  z.strictObject({ type: z.literal('stop') }),
]);

const status = z.enum(['outside', 'up', 'recovering', 'halted']);
const state = { status, viewNumber, lastNormalView, commitNumber, log, stored: stored.nullable() };
const step = {
  step: whole,
  event,
  executed: z.array(z.strictObject({ opNumber, result: result.optional() })).optional(),
  sent: z.array(z.strictObject({ to: z.array(replica).optional(), message })).optional(),
};

/** The first line of a start of a replica. */
export const startLine = z.strictObject({
  format: z.literal('viewstamped-trace'),
  version: z.literal(1, 'only version 1 is known here'),
  group: z.strictObject({
    replicas: whole.min(1).max(1000),
    mode: z.enum(['durable', 'diskless']),
    sessions: whole.min(1).optional(),
  }),
  replica,
  incarnation: whole,
  ...step,
  event: z.strictObject({ type: z.literal('start') }),
  ...state,
});

/** Any other line: it names only the state that has changed. */
export const stepLine = z.strictObject({ ...step, ...z.object(state).partial().shape });

export type StartLine = z.infer<typeof startLine>;
type StepLine = z.infer<typeof stepLine>;
export type Line = StartLine | StepLine;
export type TracedMessage = z.infer<typeof message>;
export type LogName = z.infer<typeof logName>;
export type TracedStorage = z.infer<typeof stored>;

/** The format as a JSON Schema. */
export function jsonSchema(): object {
  return z.toJSONSchema(z.union([startLine, stepLine]), { unrepresentable: 'any', io: 'input' });
}

/** Whether the line is the first of a start. */
export function isStart(line: Line): line is StartLine {
  return 'format' in line;
}

function isWithin(deep: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return deep > 0 && Object.values(value).every((part) => isWithin(deep - 1, part));
}
