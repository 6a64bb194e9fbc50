import { randomBytes, randomInt, randomUUID } from 'node:crypto';

/** Draws random numbers. */
export interface Random {
  /** A whole number from 0, below this one, which is at most 2⁴⁸. */
  integer(below: number): number;
  /** A name that no other draw yields. */
  uuid(): string;
  /** So many bytes. */
  bytes(count: number): Buffer;
}

/** Random numbers of the operating system. */
export const systemRandom: Random = {
  integer: (below) => randomInt(below),
  uuid: () => randomUUID(),
  bytes: (count) => randomBytes(count),
};
