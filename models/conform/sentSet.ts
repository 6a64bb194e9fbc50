import { type Json, sameJson } from '../../spec/promise/index.ts';
import type { Message, Sent } from '../../spec/protocol/index.ts';
import { Numbering } from '../protocol/sentMessages.ts';

/** Every message of a run that was sent so far. It grows in place, because a run has one past only. */
export class SentSet implements Sent {
  private readonly numbering = new Numbering();
  /** By kind of statement: the highest number that was stated. */
  private readonly amounts: number[] = [];
  /** By the kind of a request: what its clients have asked for under that number. */
  private readonly operations = new Map<number, Json[]>();

  has(message: Message): boolean {
    const { kind, amount } = this.numbering.of(message);
    if ((this.amounts[kind] ?? -1) < amount) return false;
    if (message.type !== 'REQUEST') return true;
    const { operation } = message;
    return this.operations.get(kind)?.some((other) => sameJson(other, operation)) ?? false;
  }

  with(message: Message): this {
    const { kind, amount } = this.numbering.of(message);
    if (message.type === 'REQUEST' && !this.has(message))
      this.operations.set(kind, [...(this.operations.get(kind) ?? []), message.operation]);
    this.amounts[kind] = Math.max(amount, this.amounts[kind] ?? 0);
    return this;
  }

  acknowledged(viewNumber: number, replica: number): number {
    const { kind } = this.numbering.of({ type: 'PREPAREOK', viewNumber, opNumber: 0, replica });
    return this.amounts[kind] ?? 0;
  }

  confirmed(viewNumber: number, replica: number): number {
    const { kind } = this.numbering.of({ type: 'COMMITOK', viewNumber, round: 0, replica });
    return this.amounts[kind] ?? 0;
  }
}
