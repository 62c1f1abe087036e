/** The runtime's own, taken before a test can fake them: a wait that outlives its test would keep the fake clock of another going. */
const { setTimeout, setInterval, clearInterval } = globalThis;
const now = performance.now.bind(performance);

/** Milliseconds of one turn where nothing else runs. */
const TURN_MS = 10;

/**
 * Waits at least `ms`, in short turns of the event loop. On a busy machine, and beside a long computation, a turn takes
 * longer, and so does the wait: what the sockets and timers of this process do in `ms` on a quiet one, they had the
 * turns to do. So nothing fails because a machine is slow, and a hang on a quick one is found soon.
 */
export async function pause(ms: number): Promise<void> {
  const until = now() + ms;
  for (let remaining = ms; remaining > 0 || now() < until; remaining -= TURN_MS)
    await new Promise((resolve) => setTimeout(resolve, TURN_MS));
}

/** Whether the condition comes true in the turns of `ms`. */
export async function waitFor(condition: () => boolean, ms = 3_000): Promise<boolean> {
  for (let remaining = ms; !condition(); remaining -= TURN_MS) {
    if (remaining <= 0) return false;
    await pause(1);
  }
  return true;
}

/** A number once it has not grown for the turns of 150 ms. */
export async function settled(count: () => number): Promise<number> {
  for (let last = -1; ;) {
    if (last === count()) return last;
    last = count();
    await pause(150);
  }
}

/** What the promise gives, or a rejection with what `late` makes when it has not settled in the turns of `ms`. */
export async function within<T>(ms: number, promise: Promise<T>, late: () => Error): Promise<T> {
  let timer: ReturnType<typeof setInterval> | undefined;
  const over = new Promise<never>((_resolve, reject) => {
    let remaining = ms;
    timer = setInterval(() => {
      if ((remaining -= TURN_MS) <= 0) reject(late());
    }, TURN_MS);
  });
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearInterval(timer);
  }
}
