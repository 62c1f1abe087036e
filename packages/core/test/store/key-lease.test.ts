import { leasedKeys, leaseOf } from '@mortise/core/store';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const leased = (keys: readonly string[], renew: () => Promise<number>) => {
  const release = vi.fn(async () => undefined);
  return { lock: leasedKeys({ keys, leaseMs: 3_000, renew, release }), release };
};

it('S-06: keys are renewed three times a lease until they are released, once', async () => {
  const renew = vi.fn(async () => 2);
  const { lock, release } = leased(['a', 'b'], renew);
  await vi.advanceTimersByTimeAsync(10_500);
  expect(renew).toHaveBeenCalledTimes(10);
  expect(lock.lost?.aborted).toBe(false);
  await Promise.all([lock.release(), lock.release()]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect([renew.mock.calls.length, release.mock.calls.length]).toEqual([10, 1]);
  expect(lock.lost?.aborted).toBe(false);
});

it('S-06: a lock is lost when another holds one of its keys', async () => {
  const { lock, release } = leased(['a', 'b'], async () => 1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(lock.lost?.reason).toMatchObject({ code: 'conflict', message: expect.stringContaining('leaseMs') });
  // What it holds still is let go.
  await lock.release();
  expect(release).toHaveBeenCalledTimes(1);
});

it('S-06: a renewal that fails is tried again for a lease, and then the lock is lost', async () => {
  let isDown = true;
  const renew = async (): Promise<number> => {
    if (isDown) throw new Error('the server is gone');
    return 1;
  };
  const short = leased(['a'], renew);
  await vi.advanceTimersByTimeAsync(2_500);
  isDown = false;
  await vi.advanceTimersByTimeAsync(1_000);
  isDown = true;
  await vi.advanceTimersByTimeAsync(2_500);
  expect(short.lock.lost?.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(short.lock.lost?.reason).toMatchObject({ message: expect.stringContaining('the server is gone') });
  await short.lock.release();
});

it('S-06: where no key was got there is nothing to renew or to release', async () => {
  const { lock, release } = leased([], async () => 0);
  expect(vi.getTimerCount()).toBe(0);
  await lock.release();
  expect(release).not.toHaveBeenCalled();
});

it('S-06: a renewal under way ends with the release', async () => {
  let renewed: (count: number) => void = () => undefined;
  const { lock } = leased(['a'], () => new Promise((resolve) => (renewed = resolve)));
  await vi.advanceTimersByTimeAsync(1_000);
  await lock.release();
  renewed(0);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(lock.lost?.aborted).toBe(false);
});

it('S-06: a lease is a number of milliseconds above 0, 10,000 where nothing is said', () => {
  expect(leaseOf({})).toBe(10_000);
  expect(leaseOf({ leaseMs: 5 })).toBe(5);
  for (const leaseMs of [0, -1, Number.NaN, Infinity])
    expect(() => leaseOf({ leaseMs })).toThrow(expect.objectContaining({ code: 'invalid-request' }));
});
