import { isJson, type Json } from './json.ts';
import { type Request, sameRequest } from './request.ts';

/**
 * The replicated service: it holds a state and changes it by operations. It is deterministic: the same
 * operations in the same order, with the same predictions, give the same states and results. The promise does
 * not look into a state; `apply` returns a new one and never changes one in place. A service may fail at an
 * operation: then `apply` throws, or yields a result that is no JSON value.
 */
export interface Service {
  readonly initial: unknown;
  apply(
    state: unknown,
    operation: Json,
    predicted: Predicted,
  ): { readonly state: unknown; readonly result: Json };
}

/**
 * The values that a copy predicts for an operation and hands to the service with it: the time and a random
 * number.
 */
export interface Predicted {
  readonly time: number;
  readonly random: number;
}

/** How an operation ended: with the result of the service, or undefined if the service failed at it. */
export type Result = Json | undefined;

/** One entry of the history: a request, its result, and the state after it. */
export interface HistoryEntry {
  readonly request: Request;
  readonly predicted: Predicted;
  readonly result: Result;
  /** The state of the service after this request. */
  readonly state: unknown;
}

/** A result that a client accepted as the answer to its request. */
export interface AcceptedAnswer {
  readonly request: Request;
  readonly result: Result;
}

/**
 * The state of the promise: one history, and everything that was observed from outside so far. It is
 * immutable: `observe` returns a new state that shares all unchanged parts.
 */
export interface Promised {
  readonly service: Service;
  /** Every request that a client has submitted, once each, in the order of their first submission. */
  readonly submitted: readonly Request[];
  /**
   * For each of `submitted`, in the same order: how many answers all clients had accepted when it was first
   * submitted. That many of `answers`, from the first, precede the request.
   */
  readonly answersBefore: readonly number[];
  /** The one order of requests. It only grows, at its end. Positions count from 1. */
  readonly history: readonly HistoryEntry[];
  /** Every answer accepted by a client, in the order of acceptance. */
  readonly answers: readonly AcceptedAnswer[];
  /** By copy, from 0: how many entries of the history its present state has executed. */
  readonly executed: readonly number[];
}

/** The state before any request, with `copies` copies of the service (1 or more). */
export function beginning(service: Service, copies: number): Promised {
  const executed = Array.from({ length: copies }, () => 0);
  return { service, submitted: [], answersBefore: [], history: [], answers: [], executed };
}

/**
 * The entry that the history would gain if `request` were executed next, with these predictions. A request at which the
 * service fails has its place in the history and leaves the state as it was.
 */
export function nextEntry(state: Promised, request: Request, predicted: Predicted): HistoryEntry {
  const last = state.history.at(-1);
  const before = last === undefined ? state.service.initial : last.state;
  const after = applied(state.service, before, request, predicted);
  return { request, predicted, result: after?.result, state: after === undefined ? before : after.state };
}

/** What the service makes of the request, or undefined if it fails: it throws, or yields no state, or a result that is no JSON. */
function applied(
  service: Service,
  before: unknown,
  { operation }: Request,
  predicted: Predicted,
): ReturnType<Service['apply']> | undefined {
  try {
    const after = service.apply(before, operation, predicted);
    return after.state !== undefined && isJson(after.result) ? after : undefined;
  } catch {
    return undefined;
  }
}

/** The index of a request in `submitted`, or -1 if no client has submitted it with this operation. */
export function submissionOf(state: Promised, request: Request): number {
  // The search starts at the end because most callers ask about recent requests.
  return state.submitted.findLastIndex((submitted) => sameRequest(submitted, request));
}
