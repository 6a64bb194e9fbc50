import type { Request } from '../../replica/data/entry.ts';
import type { RefusedAnswer } from '../tcp/handshake.ts';

/** Why every copy of a request was refused. */
export interface RefusedRequest {
  /** Part of a sentence; undefined if only because an earlier request was refused. */
  readonly reason: string | undefined;
}

type RequestName = Pick<Request, 'clientId' | 'requestNumber'>;

/**
 * Counts the copies of each request of a client's present session, which is that of the copy sent last. Once all of them are refused,
 * no replica has taken the request, and none will. A copy that was lost with its connection stays open.
 */
export class RefusedCopies {
  private readonly copies = new Map<number, { open: number; reason: string | undefined }>();
  private clientId = '';

  /** A copy was sent. */
  sent({ clientId, requestNumber }: RequestName): void {
    if (clientId !== this.clientId) this.copies.clear();
    this.clientId = clientId;
    const copies = this.copies.get(requestNumber);
    if (copies === undefined) this.copies.set(requestNumber, { open: 1, reason: undefined });
    else copies.open++;
  }

  /** A copy was refused. */
  refused(answer: RefusedAnswer): void {
    const copies = this.copiesOf(answer);
    if (copies === undefined) return;
    copies.open--;
    if (!answer.isEarlier) copies.reason = answer.reason;
  }

  /** Why all copies of the request were refused; undefined unless they were. */
  of(request: RequestName): RefusedRequest | undefined {
    const copies = this.copiesOf(request);
    return copies?.open === 0 ? { reason: copies.reason } : undefined;
  }

  /** The request was answered, or taken back. */
  forget({ clientId, requestNumber }: RequestName): void {
    if (clientId === this.clientId) this.copies.delete(requestNumber);
  }

  private copiesOf({ clientId, requestNumber }: RequestName) {
    return clientId === this.clientId ? this.copies.get(requestNumber) : undefined;
  }
}
