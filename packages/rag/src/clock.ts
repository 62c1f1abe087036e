/** Milliseconds that are left of a deadline for the steps to come; undefined without one. */
export type Clock = () => number | undefined;

/** At least 1 ms is always left: it is the next step that finds out that it is too late. */
export function clock(deadlineMs: number | undefined): Clock {
  const end = performance.now() + (deadlineMs ?? 0);
  return () => (deadlineMs === undefined ? undefined : Math.max(1, end - performance.now()));
}
