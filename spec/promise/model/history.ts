import type { Json } from './json.ts';
import { type Request, sameRequest } from './request.ts';

/**
 * What is offered to clients: it holds a state, and changes it by operations. It is deterministic: the same
 * operations in the same order, with the same predictions, always give the same states and results. What a state
 * is made of is nobody's business here, but none is ever changed in place.
 */
export interface Service {
  readonly initial: unknown;
  apply(
    state: unknown,
    operation: Json,
    predicted: Predicted,
  ): { readonly state: unknown; readonly result: Json };
}

/** What a copy tells the service of things that no operation says: what the time is, and what chance has drawn. */
export interface Predicted {
  readonly time: number;
  readonly random: number;
}

/** One line of the history: a request, and what the service made of it. */
export interface HistoryEntry {
  readonly request: Request;
  readonly predicted: Predicted;
  readonly result: Json;
  /** The state of the service after this request. */
  readonly state: unknown;
}

/** A result that a client accepted as the answer to its request. */
export interface AcceptedAnswer {
  readonly request: Request;
  readonly result: Json;
}

/**
 * All that the promise speaks of: one history, and what has been seen from outside so far. It is never
 * changed in place: an observation yields a new one that shares what stays the same.
 */
export interface Promised {
  readonly service: Service;
  /** Every request that a client has submitted, once each, in the order of their first submission. */
  readonly submitted: readonly Request[];
  /**
   * For each of `submitted`, in the same order: how many answers had been accepted, by any client, when it
   * was first submitted. That many of `answers`, from the first, came before the request.
   */
  readonly answersBefore: readonly number[];
  /** The one order of requests. It only grows, at its end. The position of its first entry is 1. */
  readonly history: readonly HistoryEntry[];
  /** Every answer accepted by a client, in the order of acceptance. */
  readonly answers: readonly AcceptedAnswer[];
  /** Per copy of the service, counted from 0: how much of the history its present state stands for. */
  readonly executed: readonly number[];
}

/** Nothing has been asked, nothing done; `copies` copies of the service (1 or more) wait for requests. */
export function beginning(service: Service, copies: number): Promised {
  const executed = Array.from({ length: copies }, () => 0);
  return { service, submitted: [], answersBefore: [], history: [], answers: [], executed };
}

/** The entry that the history would gain if `request` came next, and the service were told this with it. */
export function nextEntry(state: Promised, request: Request, predicted: Predicted): HistoryEntry {
  const last = state.history.at(-1);
  const before = last === undefined ? state.service.initial : last.state;
  const after = state.service.apply(before, request.operation, predicted);
  return { request, predicted, result: after.result, state: after.state };
}

/** The index of a request in `submitted`, or -1 if no client has submitted it with this operation. */
export function submissionOf(state: Promised, request: Request): number {
  // The search starts at the end because most of what is asked for is recent.
  return state.submitted.findLastIndex((submitted) => sameRequest(submitted, request));
}
