import { type Context, context, isSpanContextValid, ROOT_CONTEXT, trace } from '@opentelemetry/api';

/**
 * The span of the caller of a request, as W3C's `traceparent`. It travels with the request in a field of the frame that the
 * schema of messages does not have: neither the core nor a log ever holds it, so no replica's state depends on it. It is lost where
 * a request goes on as an entry of the log.
 */
const carried = new WeakMap<object, string>();

const form = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The `traceparent` of the span that is active now, if OpenTelemetry is set up and one is. */
export function activeTraceparent(): string | undefined {
  const span = trace.getSpanContext(context.active());
  if (span === undefined || !isSpanContextValid(span)) return undefined;
  return `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, '0')}`;
}

/** Has a message carry a `traceparent`. One that is not of its form is left out: it may have come from a peer. */
export function carryTraceparent(message: object, traceparent: unknown): void {
  if (typeof traceparent === 'string' && form.test(traceparent)) carried.set(message, traceparent);
}

/** The `traceparent` that this very message carries. */
export function traceparentOf(message: object): string | undefined {
  return carried.get(message);
}

/** What goes into a frame for the message, with its `traceparent` beside the fields. */
export function withTraceparent(message: object, encoded: object): object {
  const traceparent = carried.get(message);
  return traceparent === undefined ? encoded : { ...encoded, traceparent };
}

/** Takes over the `traceparent` beside the fields of a frame. */
export function takeTraceparent(frame: unknown, message: object): void {
  if (typeof frame === 'object' && frame !== null && 'traceparent' in frame)
    carryTraceparent(message, frame.traceparent);
}

/** OpenTelemetry's context in which the caller's span is the parent. */
export function contextIn(traceparent: string | undefined): Context {
  const [, traceId = '', spanId = '', flags = ''] = form.exec(traceparent ?? '') ?? [];
  const span = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return isSpanContextValid(span) ? trace.setSpanContext(ROOT_CONTEXT, span) : ROOT_CONTEXT;
}
