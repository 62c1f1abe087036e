import { isObject } from '../shared/json.ts';
import { hearIn, sayIn } from './life.ts';

/** Rejects with `signal.reason` when it is aborted, else settles as `promise`. Leaves no listener behind. */
export function raceAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  // By hand: `Promise.race` makes seven promises of it, and every call comes through here.
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(abortReason(signal));
    const unwatch = (): void => signal.removeEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    const given = Promise.resolve(promise);
    given.then(unwatch, unwatch);
    // The loser does not surface as an unhandled rejection.
    given.then(resolve, reject);
  });
}

/** {@link raceAbort} for who waits once an event: a listener on a signal for each wait costs more than the event. */
export class Waits {
  readonly #pending = new Set<(why: unknown) => void>();

  /** Settles as `promise`, or rejects with what `interrupt` is given before that. */
  until<T>(promise: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#pending.add(reject);
      // By one `then`: a stream waits so for each of its pieces.
      Promise.resolve(promise).then(
        (value) => {
          this.#pending.delete(reject);
          resolve(value);
        },
        (error: unknown) => {
          this.#pending.delete(reject);
          reject(error);
        },
      );
    });
  }

  /** Ends every wait of now; later ones are not concerned. */
  interrupt(why: unknown): void {
    for (const reject of this.#pending) reject(why);
  }
}

/** `setTimeout` fires at once beyond it. */
export const MAX_TIMER_MS: number = 0x7fff_ffff;

/** Resolves after `ms`, or rejects with the reason of the first signal that is aborted, at once. */
export async function sleep(ms: number, ...signals: (AbortSignal | undefined)[]): Promise<void> {
  const linked = linkedController(...signals);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const waited = new Promise<void>((resolve) => (timer = setTimeout(resolve, Math.min(ms, MAX_TIMER_MS))));
  try {
    await raceAbort(waited, linked.signal);
  } finally {
    clearTimeout(timer);
    linked.unlink();
  }
}

/** Throws `signal.reason`, whatever it is, when the signal is aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortReason(signal);
}

/** The caller's reason exactly as given: it may be anything, and it is the caller's to recognise. */
export function abortReason(signal: AbortSignal): Error {
  return signal.reason as Error;
}

/**
 * Calls `onSilence` when somebody has waited for `ms` altogether without a `touch`. One timer that re-arms itself: a timer an
 * event would cost more than the event.
 */
export interface Watchdog {
  /** Something was said: the silence begins anew. A held clock stays held. */
  touch(): void;
  /** Holds the clock while nobody is waiting (a slow reader is not a silent provider). */
  pause(): void;
  /** Somebody waits from now on; the silence before the pause still counts. */
  resume(): void;
  stop(): void;
}

/** Calls `onSilence` when nothing was said for `ms` milliseconds of waiting; every sign of life starts it again. */
export function watchdog(ms: number, onSilence: () => void): Watchdog {
  let last = performance.now();
  /** Milliseconds of silence before the clock was held. */
  let before = 0;
  let paused = false;
  let timer: ReturnType<typeof setTimeout> | undefined = setTimeout(check, ms);

  function check(): void {
    const remainingMs = last + ms - before - performance.now();
    if (paused) timer = undefined;
    else if (remainingMs <= 0) onSilence();
    // Timers may fire up to a millisecond early; the floor keeps that from spinning.
    else timer = setTimeout(check, Math.max(1, remainingMs));
  }

  return {
    touch() {
      last = performance.now();
      before = 0;
    },
    pause() {
      if (paused) return;
      before += performance.now() - last;
      paused = true;
    },
    resume() {
      if (paused) last = performance.now();
      paused = false;
      timer ??= setTimeout(check, Math.max(1, ms - before));
    },
    stop() {
      paused = true;
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

/**
 * Node's `fetch` takes a connection back one turn of the event loop after its body has ended. Who calls again before
 * that opens another one: 20 callers in a row would keep 40. Elsewhere there is no `setImmediate`, and the platform
 * sees to it.
 */
export function connectionIsFree(): Promise<void> | undefined {
  const { setImmediate } = globalThis as { setImmediate?: (callback: () => void) => unknown };
  return setImmediate === undefined ? undefined : new Promise((resolve) => void setImmediate(resolve));
}

/** The same after a failure or an abort: libuv closes handles after the immediates, so it takes one turn more. */
export async function connectionIsClosed(): Promise<void> {
  await connectionIsFree();
  await connectionIsFree();
}

/** An `AbortController` that other signals abort too, until it is unlinked. */
export interface LinkedController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
  /** Takes its listeners off the other signals. Safe to repeat; without it a long-lived signal keeps them. */
  unlink(): void;
}

/**
 * A controller of one's own, that the first of `signals` to be aborted aborts with exactly its reason (C-03); at once where
 * one is aborted already. By listeners that are taken off again: `AbortSignal.any` keeps every dependent signal of a
 * long-lived signal in memory.
 */
export function linkedController(...signals: readonly (AbortSignal | undefined)[]): LinkedController {
  const controller = new AbortController();
  const onAbort = (): void =>
    controller.abort(signals.find((signal) => signal?.aborted === true)?.reason as unknown);
  for (const signal of signals) {
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
  }
  hearIn(controller.signal, () => signals.forEach(sayIn));
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    unlink() {
      for (const signal of signals) signal?.removeEventListener('abort', onAbort);
    },
  };
}

/** What counts as said: all but counts, warnings, pings and empty deltas. */
export function says(event: unknown): boolean {
  if (!isObject(event)) return true;
  const { type, delta } = event;
  return type !== 'usage' && type !== 'warning' && type !== 'ping' && delta !== '';
}
