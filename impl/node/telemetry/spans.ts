import type { Output } from '../../replica/data/outputs.ts';
import type { Input } from '../../replica/step.ts';
import { isLeading, type ObservedState } from './observedState.ts';
import type { LeadershipEnd, Publish } from './telemetryEvents.ts';

/**
 * What lasts longer than a step: a leadership, a view change, a state transfer, a recovery, the fetching of a checkpoint.
 * When each began is remembered whether anybody listens or not. Times are those of `performance.now()`.
 */
export class Spans {
  private readonly tell: Publish;
  private led: { readonly viewNumber: number; readonly since: number } | undefined;
  private change: { readonly from: number; readonly since: number } | undefined;
  private transfer = 0;
  private recovery = 0;
  private fetch = 0;

  constructor(tell: Publish) {
    this.tell = tell;
  }

  /** A step was taken. */
  follow(before: ObservedState, after: ObservedState, input: Input, outputs: readonly Output[]): void {
    this.followChange(before, after);
    this.followLeadership(after);
    if (before.transfer !== after.transfer) this.followTransfer(before, after);
    if (before.recovery !== after.recovery) this.followRecovery(before, after);
    if (before.fetching !== after.fetching || before.transfer !== after.transfer)
      this.followFetch(before, after, input, outputs);
  }

  /** No step comes after. */
  end(reason: LeadershipEnd): void {
    if (this.led === undefined) return;
    const { viewNumber: ledView, since } = this.led;
    this.led = undefined;
    this.tell('leadership-stop', { ledView, reason, duration: performance.now() - since });
  }

  private followLeadership(after: ObservedState): void {
    const { status, viewNumber } = after;
    const isPrimary = isLeading(after);
    if (this.led !== undefined && (!isPrimary || this.led.viewNumber !== viewNumber))
      this.end(status === 'normal' || status === 'founding' ? 'later-view' : status);
    if (!isPrimary || this.led !== undefined) return;
    this.led = { viewNumber, since: performance.now() };
    this.tell('leadership-start', {});
  }

  private followChange(before: ObservedState, after: ObservedState): void {
    const { status, viewNumber } = after;
    if (status === 'view-change' && (before.status !== 'view-change' || viewNumber !== before.viewNumber)) {
      this.change ??= { from: before.viewNumber, since: performance.now() };
      this.tell('view-change-start', { from: before.viewNumber, to: viewNumber });
    }
    if (status !== 'normal' || this.change === undefined) return;
    const { from, since } = this.change;
    this.change = undefined;
    this.tell('view-change-stop', { from, to: viewNumber, duration: performance.now() - since });
  }

  private followTransfer(before: ObservedState, after: ObservedState): void {
    const [ofView, nowOf] = [before.transfer?.viewNumber, after.transfer?.viewNumber];
    if (ofView === nowOf) return;
    if (ofView !== undefined)
      this.tell('state-transfer-stop', { ofView, duration: performance.now() - this.transfer });
    if (after.transfer === undefined) return;
    const { viewNumber, asked } = after.transfer;
    this.transfer = performance.now();
    this.tell('state-transfer-start', { ofView: viewNumber, asked });
  }

  private followRecovery(before: ObservedState, after: ObservedState): void {
    if (before.recovery === undefined && after.recovery !== undefined) {
      this.recovery = performance.now();
      this.tell('recovery-start', { incarnation: after.recovery.incarnation });
    }
    if (before.recovery !== undefined && after.recovery === undefined)
      this.tell('recovery-stop', { duration: performance.now() - this.recovery });
  }

  private followFetch(
    before: ObservedState,
    after: ObservedState,
    input: Input,
    outputs: readonly Output[],
  ): void {
    const of = after.fetching?.opNumber;
    if (of !== undefined && of !== before.fetching?.opNumber) {
      this.fetch = performance.now();
      this.tell('checkpoint-fetch-start', { of });
    }
    const fetched = fetchedIn(before, after, input, outputs);
    if (fetched !== undefined)
      this.tell('checkpoint-fetch-stop', { of: fetched, duration: performance.now() - this.fetch });
  }
}

/** The checkpoint whose last difference came with this step: it is taken over, or kept to begin a fetched log with. */
function fetchedIn(
  before: ObservedState,
  after: ObservedState,
  input: Input,
  outputs: readonly Output[],
): number | undefined {
  if (input.type !== 'message' || input.message.type !== 'CHECKPOINT') return undefined;
  if (outputs.some(({ type }) => type === 'alarm')) return undefined;
  const { fetching, transfer } = after;
  if (fetching === undefined) return before.fetching?.opNumber;
  const isKept = transfer?.log.base === fetching.opNumber && before.transfer?.log.base !== fetching.opNumber;
  return isKept ? fetching.opNumber : undefined;
}
