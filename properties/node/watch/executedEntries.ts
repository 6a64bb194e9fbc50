import {
  type Change,
  type Json,
  type KeyValueOperation,
  keyValueService,
  type Output,
} from '../../../impl/index.ts';
import { unpredicted } from '../../unpredicted.ts';

/** The entries of one log, executed on a key-value store. */
export class ExecutedEntries {
  private readonly outputs: Output[] = [];
  private store = keyValueService.initial;

  constructor(operations: readonly KeyValueOperation[] = []) {
    for (const operation of operations) this.execute(operation);
  }

  /** The op-number of the last entry. */
  get last(): number {
    return this.outputs.length;
  }

  /** Executes an operation as the next entry. */
  execute(operation: KeyValueOperation): void {
    const { state, result } = keyValueService.apply(this.store, operation, unpredicted);
    this.store = state;
    const opNumber = this.last + 1;
    const request = {
      type: 'REQUEST' as const,
      clientId: 'c',
      session: 1,
      requestNumber: opNumber,
      predicted: unpredicted,
      operation,
    };
    this.outputs.push({ type: 'executed', opNumber, request, result });
  }

  /** What a replica outputs that executes the entries after the first one, up to the last one. */
  between(after: number, last: number): readonly Output[] {
    return this.outputs.slice(after, last);
  }

  /** The changes of the key after this op-number, entry by entry. */
  changesOf(
    key: string,
    after: number,
  ): readonly { readonly opNumber: number; readonly changes: readonly Change[] }[] {
    return this.outputs.slice(after).flatMap((output) => {
      if (output.type !== 'executed') return [];
      const { opNumber, request, result } = output;
      const all: readonly Change[] = keyValueService.changes?.(request.operation, result) ?? [];
      const changes = all.filter((change) => change.key === key);
      return changes.length === 0 ? [] : [{ opNumber, changes }];
    });
  }
}

/** Sets a key. */
export function set(key: string, value: Json): KeyValueOperation {
  return { type: 'set', key, value };
}
