/** Random numbers from 0 to 2³¹ − 1, the same for the same seed (Marsaglia's xorshift, 2003). */
export function randomNumbers(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 1;
  };
}
