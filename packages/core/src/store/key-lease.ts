import { errorText, MortiseError } from '../errors.ts';
import { finiteNumber } from '../shared/options.ts';
import type { KeyLock, KeyLockOptions } from './key-value-contract.ts';

/** Keys that a backend holds for a time, and what it does for them. */
export interface KeyLease {
  /** In the order in which they were asked for. */
  readonly keys: readonly string[];
  readonly leaseMs: number;
  /** Holds them for `leaseMs` from now on; gives how many of them it held still. */
  renew(): Promise<number>;
  /** Lets go of those that it holds still. */
  release(): Promise<void>;
}

/** The milliseconds of `options`, checked: `invalid-request` where they are no number above 0. */
export function leaseOf({ leaseMs = 10_000 }: KeyLockOptions): number {
  finiteNumber('leaseMs', leaseMs, { above: 0, code: 'invalid-request' });
  return leaseMs;
}

/**
 * A lock on what is held for a time only: renews it three times as often as it has to, by a timer that keeps no process
 * alive. It is lost where another has a key by then, or where renewals have failed for a whole lease.
 */
export function leasedKeys(lease: KeyLease): KeyLock {
  const { keys, leaseMs } = lease;
  const lost = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let renewedAt = performance.now();
  let isOver = keys.length === 0;

  const schedule = (): void => {
    timer = setTimeout(() => void renew(), Math.max(1, leaseMs / 3));
    (timer as { unref?: () => void }).unref?.();
  };
  const lose = (why: string): void => {
    if (isOver) return;
    isOver = true;
    const message = `A lock on keys was lost: ${why}. Raise leaseMs where the event loop may stand still for so long.`;
    lost.abort(new MortiseError('conflict', message));
  };
  async function renew(): Promise<void> {
    const began = performance.now();
    try {
      if ((await lease.renew()) < keys.length) return lose('it was not renewed in time');
      renewedAt = began;
    } catch (error) {
      if (performance.now() - renewedAt > leaseMs) return lose(errorText(error));
    }
    if (!isOver) schedule();
  }

  if (!isOver) schedule();
  let released: Promise<void> | undefined;
  return {
    keys,
    lost: lost.signal,
    release() {
      isOver = true;
      clearTimeout(timer);
      return (released ??= keys.length === 0 ? Promise.resolve() : lease.release());
    },
  };
}
