/**
 * The sum of the counts that a reply gives apart (L-01); undefined where it gives none. Where one counts nothing, as a negative
 * number or a fraction, it is that one, which core leaves out: together they may look like a count.
 */
export function sumOfCounts(counts: readonly (number | undefined)[]): number | undefined {
  const known = counts.filter((count) => count !== undefined);
  const odd = known.find((count) => !Number.isInteger(count) || count < 0);
  return odd ?? (known.length === 0 ? undefined : known.reduce((sum, count) => sum + count, 0));
}
