import type { Predicted, Service } from './service.ts';

/** The number of operations executed, and a digest of all of them in order. */
export interface Ledger {
  readonly position: number;
  readonly digest: number;
}

/**
 * The service for testing the protocol. It is order-sensitive and not commutative: every result contains the position
 * of the operation and a digest of everything before it. A reordered, lost or repeated operation, or a different
 * prediction, changes every later result. Operations are strings.
 */
export const ledgerService: Service<Ledger> = {
  initial: { position: 0, digest: 0 },
  validate: (operation) =>
    typeof operation === 'string' ? undefined : 'a ledger operation must be a string',
  apply: (ledger, operation, predicted) => {
    const position = ledger.position + 1;
    const state = { position, digest: digest(ledger.digest, String(operation), predicted) };
    return { state, result: { position: state.position, digest: state.digest } };
  },
};

/** 32-bit FNV-1a over the previous digest, the prediction, and the UTF-16 code units of the operation. */
function digest(previous: number, operation: string, { time, random }: Predicted): number {
  let hash = (0x811c9dc5 ^ previous ^ mixed(time, random)) >>> 0;
  for (let index = 0; index < operation.length; index++) {
    hash = Math.imul(hash ^ operation.charCodeAt(index), 0x01000193) >>> 0;
  }
  return Math.imul(hash ^ operation.length, 0x01000193) >>> 0;
}

/** 32 bits that depend on every bit of the time and the random number. Odd factors lose none. */
function mixed(time: number, random: number): number {
  const high = Math.floor(time / 2 ** 32);
  return Math.imul(time | 0, 0x9e3779b1) ^ Math.imul(high, 0x85ebca77) ^ Math.imul(random | 0, 0xc2b2ae3d);
}
