import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';

/** How long the event loop stood while something ran; milliseconds. */
export interface Stand {
  readonly took: number;
  /** The longest time in which no timer ran, whatever took it: other programs on the machine, too. */
  readonly longest: number;
  /** The most that this thread computed between two timers: what remains of `longest` on a machine of its own. */
  readonly cpu: number;
  /** The longest collection of garbage, which stands within the others. */
  readonly garbage: number;
}

export async function standOf(run: () => Promise<unknown>): Promise<Stand> {
  globalThis.gc?.();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const collections: number[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) collections.push(duration);
  });
  observer.observe({ entryTypes: ['gc'] });
  delay.enable();
  // The first interval is not counted, so there has to be one before.
  await turn();
  let cpu = 0;
  let before = threadCpu();
  const timer = setInterval(() => {
    const now = threadCpu();
    cpu = Math.max(cpu, now - before);
    before = now;
  }, 1);
  const start = performance.now();
  try {
    await run();
    const took = performance.now() - start;
    await turn();
    return { took, longest: delay.max / 1e6, cpu, garbage: Math.max(0, ...collections) };
  } finally {
    clearInterval(timer);
    delay.disable();
    observer.disconnect();
  }
}

/** How long after an abort in the middle of it the work ends; undefined where it was done before. */
export async function seenAfter(
  run: (signal: AbortSignal) => Promise<unknown>,
  ms: number,
): Promise<number | undefined> {
  const controller = new AbortController();
  let at: number | undefined;
  const timer = setTimeout(() => {
    at = performance.now();
    controller.abort();
  }, ms);
  await run(controller.signal).catch(() => undefined);
  clearTimeout(timer);
  return at === undefined ? undefined : performance.now() - at;
}

export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}

function threadCpu(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
