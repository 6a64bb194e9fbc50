import type { RefusedAnswer } from '../tcp/handshake.ts';

/** Why every copy of a request was refused. */
export interface RefusedRequest {
  /** Part of a sentence; undefined if only because an earlier request was refused. */
  readonly reason: string | undefined;
}

/**
 * Counts the copies of each request of a session, by its number; 0 is the registration. Once all of them are refused, no replica has
 * taken the request, and none will. A copy that was lost with its connection stays open.
 */
export class SentCopies {
  private readonly copies = new Map<number, { open: number; reason: string | undefined }>();

  /** So many copies were sent. */
  sent(requestNumber: number, count: number): void {
    if (count > 0)
      this.copies.set(requestNumber, {
        open: this.open(requestNumber) + count,
        reason: this.copies.get(requestNumber)?.reason,
      });
  }

  /** A copy was refused. */
  refused({
    requestNumber,
    isEarlier,
    reason,
  }: Pick<RefusedAnswer, 'requestNumber' | 'isEarlier' | 'reason'>): void {
    const copies = this.copies.get(requestNumber);
    if (copies === undefined) return;
    copies.open--;
    if (!isEarlier) copies.reason = reason;
  }

  /** How many copies of the request a replica may have taken, or may yet take. */
  open(requestNumber: number): number {
    return this.copies.get(requestNumber)?.open ?? 0;
  }

  /** Why all copies of the request were refused; undefined unless they were. */
  ifAllRefused(requestNumber: number): RefusedRequest | undefined {
    const copies = this.copies.get(requestNumber);
    return copies?.open === 0 ? { reason: copies.reason } : undefined;
  }

  /** The request has its outcome, or was taken back. */
  forget(requestNumber: number): void {
    this.copies.delete(requestNumber);
  }

  /** The session has ended. */
  clear(): void {
    this.copies.clear();
  }
}
