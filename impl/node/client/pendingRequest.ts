import type { Json } from '../../tree/json.ts';
import type { Clock } from '../platform/clock.ts';
import { activeTraceparent } from '../telemetry/traceContext.ts';
import { onAbort } from './abortListeners.ts';
import type { RequestFailure } from './errors.ts';

/** When a program stops waiting for a request. */
export interface RequestOptions {
  /** Ends the wait when it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds from the call until the wait ends. Infinity: without end. */
  readonly deadline?: number | undefined;
}

/** Milliseconds until a request without an outcome rejects, unless another deadline is given. */
export const usualDeadline = 10_000;

/** What is wrong with a number of milliseconds to wait, which has this name. */
export function deadlineProblem(deadline: number, name = 'deadline'): RangeError | undefined {
  return deadline >= 0
    ? undefined
    : new RangeError(`${name} is ${String(deadline)}: give milliseconds, 0 or more.`);
}

/** What became of a request. */
interface Settlement {
  readonly resolve: (result: Json) => void;
  readonly reject: (error: RequestFailure) => void;
}

/** A request for whose outcome a program waits. Once it is settled it holds no timer, and later outcomes count no more. */
export class PendingRequest {
  readonly operation: Json;
  /** Milliseconds. */
  readonly deadline: number;
  readonly signal: AbortSignal | undefined;
  /** The span in which it was made. */
  readonly traceparent = activeTraceparent();
  private settlement: Settlement | undefined;
  private readonly release: () => void;

  /** `giveUp` is called when its wait ends. */
  constructor(
    operation: Json,
    { signal, deadline = usualDeadline }: RequestOptions,
    settlement: Settlement,
    clock: Clock,
    giveUp: (reason: 'aborted' | 'deadline') => void,
  ) {
    this.operation = operation;
    this.deadline = deadline;
    this.signal = signal;
    this.settlement = settlement;
    const stopListening = onAbort(signal, () => giveUp('aborted'));
    const stopTimer = clock.after(deadline, () => giveUp('deadline'));
    this.release = () => {
      stopListening();
      stopTimer();
    };
  }

  get isSettled(): boolean {
    return this.settlement === undefined;
  }

  resolve(result: Json): void {
    this.settle()?.resolve(result);
  }

  reject(error: RequestFailure): void {
    this.settle()?.reject(error);
  }

  private settle(): Settlement | undefined {
    const { settlement } = this;
    this.settlement = undefined;
    this.release();
    return settlement;
  }
}
