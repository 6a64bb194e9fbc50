import type { Request } from '../../replica/data/entry.ts';
import type { RefusedAnswer } from '../tcp/handshake.ts';

/** Why every copy of a request was refused. */
export interface RefusedRequest {
  /** Part of a sentence; undefined if only because an earlier request was refused. */
  readonly reason: string | undefined;
}

/**
 * Counts the copies of each request of a client. Once all of them are refused, no replica has taken the request, and none will.
 * A copy that was lost with its connection stays open.
 */
export class RefusedCopies {
  private readonly copies = new Map<string, { open: number; reason: string | undefined }>();

  /** A copy was sent. */
  sent(request: Pick<Request, 'clientId' | 'requestNumber'>): void {
    const copies = this.copies.get(keyOf(request));
    if (copies === undefined) this.copies.set(keyOf(request), { open: 1, reason: undefined });
    else copies.open++;
  }

  /** A copy was refused. */
  refused(answer: RefusedAnswer): void {
    const copies = this.copies.get(keyOf(answer));
    if (copies === undefined) return;
    copies.open--;
    if (!answer.isEarlier) copies.reason = answer.reason;
  }

  /** Why all copies of the request were refused; undefined unless they were. */
  of(request: Pick<Request, 'clientId' | 'requestNumber'>): RefusedRequest | undefined {
    const copies = this.copies.get(keyOf(request));
    return copies?.open === 0 ? { reason: copies.reason } : undefined;
  }

  /** The request was answered, or taken back. */
  forget(request: Pick<Request, 'clientId' | 'requestNumber'>): void {
    this.copies.delete(keyOf(request));
  }
}

function keyOf({ clientId, requestNumber }: Pick<Request, 'clientId' | 'requestNumber'>): string {
  return `${clientId} ${requestNumber}`;
}
