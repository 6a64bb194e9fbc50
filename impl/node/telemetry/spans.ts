import type { Output } from '../../replica/data/outputs.ts';
import type { Input } from '../../replica/step.ts';
import type { Clock } from '../platform/clock.ts';
import { isLeading, type ObservedState } from './observedState.ts';
import type { LeadershipEnd, Publish } from './telemetryEvents.ts';

/**
 * Publishes what lasts longer than a step: a leadership, a view change, a state transfer, a recovery, the fetch of a
 * checkpoint. Their beginnings are noted even without subscribers. Times are those of the clock.
 */
export class Spans {
  private readonly publish: Publish;
  private readonly clock: Clock;
  private led: { readonly viewNumber: number; readonly since: number } | undefined;
  private change: { readonly from: number; readonly since: number } | undefined;
  private transfer = 0;
  private recovery = 0;
  private fetch = 0;

  constructor(publish: Publish, clock: Clock) {
    this.publish = publish;
    this.clock = clock;
  }

  /** Follows a step. */
  follow(before: ObservedState, after: ObservedState, input: Input, outputs: readonly Output[]): void {
    this.followChange(before, after);
    this.followLeadership(after);
    if (before.transfer !== after.transfer) this.followTransfer(before, after);
    if (before.recovery !== after.recovery) this.followRecovery(before, after);
    if (before.fetching !== after.fetching || before.transfer !== after.transfer)
      this.followFetch(before, after, input, outputs);
  }

  /** The replica has stopped. */
  end(reason: LeadershipEnd): void {
    if (this.led === undefined) return;
    const { viewNumber: ledView, since } = this.led;
    this.led = undefined;
    this.publish('leadership-stop', { ledView, reason, duration: this.clock.now() - since });
  }

  private followLeadership(after: ObservedState): void {
    const { status, viewNumber } = after;
    const isPrimary = isLeading(after);
    if (this.led !== undefined && (!isPrimary || this.led.viewNumber !== viewNumber))
      this.end(status === 'normal' || status === 'bootstrapping' ? 'later-view' : status);
    if (!isPrimary || this.led !== undefined) return;
    this.led = { viewNumber, since: this.clock.now() };
    this.publish('leadership-start', {});
  }

  private followChange(before: ObservedState, after: ObservedState): void {
    const { status, viewNumber } = after;
    if (status === 'view-change' && (before.status !== 'view-change' || viewNumber !== before.viewNumber)) {
      this.change ??= { from: before.viewNumber, since: this.clock.now() };
      this.publish('view-change-start', { from: before.viewNumber, to: viewNumber });
    }
    if (status !== 'normal' || this.change === undefined) return;
    const { from, since } = this.change;
    this.change = undefined;
    this.publish('view-change-stop', { from, to: viewNumber, duration: this.clock.now() - since });
  }

  private followTransfer(before: ObservedState, after: ObservedState): void {
    const [ofView, nowOf] = [before.transfer?.viewNumber, after.transfer?.viewNumber];
    if (ofView === nowOf) return;
    if (ofView !== undefined)
      this.publish('state-transfer-stop', { ofView, duration: this.clock.now() - this.transfer });
    if (after.transfer === undefined) return;
    const { viewNumber, asked } = after.transfer;
    this.transfer = this.clock.now();
    this.publish('state-transfer-start', { ofView: viewNumber, asked });
  }

  private followRecovery(before: ObservedState, after: ObservedState): void {
    if (before.recovery === undefined && after.recovery !== undefined) {
      this.recovery = this.clock.now();
      this.publish('recovery-start', { incarnation: after.recovery.incarnation });
    }
    if (before.recovery !== undefined && after.recovery === undefined)
      this.publish('recovery-stop', { duration: this.clock.now() - this.recovery });
  }

  private followFetch(
    before: ObservedState,
    after: ObservedState,
    input: Input,
    outputs: readonly Output[],
  ): void {
    const of = after.fetching?.opNumber;
    if (of !== undefined && of !== before.fetching?.opNumber) {
      this.fetch = this.clock.now();
      this.publish('checkpoint-fetch-start', { of });
    }
    const fetched = fetchedIn(before, after, input, outputs);
    if (fetched !== undefined)
      this.publish('checkpoint-fetch-stop', { of: fetched, duration: this.clock.now() - this.fetch });
  }
}

/** The checkpoint whose last difference came with this step: it was restored, or kept as the base of a fetched log. */
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
