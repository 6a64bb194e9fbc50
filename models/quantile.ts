/** The figure below which this share of the figures lies, from 0 to 1, or NaN if there are none. */
export function quantile(figures: readonly number[], share: number): number {
  const sorted = figures.toSorted((one, other) => one - other);
  return sorted[Math.round((sorted.length - 1) * share)] ?? Number.NaN;
}

/** The figure in the middle, or NaN if there are none. */
export function median(figures: readonly number[]): number {
  return quantile(figures, 0.5);
}
