/** Sorted in one step, before they are merged. */
const RUN = 2048;
const STEP = 4096;

/** A stable sort, in steps of a millisecond or so. Drain it with `runInSlices`. */
export function* sortSteps<T>(items: readonly T[], compare: (a: T, b: T) => number): Generator<void, T[]> {
  let sorted: T[] = [];
  for (let at = 0; at < items.length; at += RUN) {
    sorted.push(...items.slice(at, at + RUN).sort(compare));
    yield;
  }
  for (let width = RUN; width < items.length; width *= 2) {
    const merged: T[] = [];
    for (let start = 0; start < sorted.length; start += width * 2) {
      const [middle, end] = [start + width, Math.min(start + width * 2, sorted.length)];
      let [left, right] = [start, middle];
      while (merged.length < end) {
        const fromLeft =
          left < middle && left < end && (right >= end || compare(sorted[left]!, sorted[right]!) <= 0);
        merged.push((fromLeft ? sorted[left++] : sorted[right++]) as T);
        if (merged.length % STEP === 0) yield;
      }
    }
    sorted = merged;
  }
  return sorted;
}
