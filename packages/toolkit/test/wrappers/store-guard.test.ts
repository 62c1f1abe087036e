import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createStoreGuard } from '@mortise/toolkit/wrappers';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const TIMEOUT = 10_000;
/** How long a store that did not answer is left alone. */
const REST = 60_000;
const hangs = () => new Promise<never>(() => undefined);

/** A call's look into its cache: each call has a guard of its own. */
function looks(store: object) {
  const warnings: string[] = [];
  const warn = (message: string): void => void warnings.push(message);
  const look = (operation: () => Promise<unknown>, signal?: AbortSignal): Promise<unknown> =>
    createStoreGuard({ store, timeoutMs: TIMEOUT, warn })('read', signal, operation);
  return { look, warnings };
}

it('S-01: a cache that hangs costs one call its time, and for a while no other call anything', async () => {
  const { look, warnings } = looks({});
  const operation = vi.fn(hangs);
  const first = look(operation);
  await vi.advanceTimersByTimeAsync(TIMEOUT);
  expect(await first).toBeUndefined();
  for (let call = 0; call < 20; call++) expect(await look(operation)).toBeUndefined();
  expect(operation).toHaveBeenCalledTimes(1);
  expect(vi.getTimerCount()).toBe(0);
  expect(warnings).toHaveLength(21);
  expect(warnings[0]).toContain('did not answer within 10000 ms');
  expect(warnings[1]).toContain('left alone for a while');
});

it('S-01: after it one call tries, and the others stay away until it has an answer', async () => {
  const { look } = looks({});
  const late = look(hangs);
  await vi.advanceTimersByTimeAsync(TIMEOUT + REST);
  await late;
  const operation = vi.fn(hangs);
  const trial = look(operation);
  for (let call = 0; call < 5; call++) expect(await look(operation)).toBeUndefined();
  expect(operation).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(TIMEOUT);
  await trial;
  expect(await look(operation)).toBeUndefined();
  expect(operation).toHaveBeenCalledTimes(1);

  await vi.advanceTimersByTimeAsync(REST);
  const answers = async () => 'there';
  expect(await look(answers)).toBe('there');
  expect(await look(answers)).toBe('there');
});

it('S-01: a cache that fails at once is asked again by the next call, and another one is not its fault', async () => {
  const broken = looks({});
  const fails = vi.fn(async () => Promise.reject(new Error('no space')));
  for (let call = 0; call < 3; call++) expect(await broken.look(fails)).toBeUndefined();
  expect(fails).toHaveBeenCalledTimes(3);
  const hanging = looks({});
  const first = hanging.look(hangs);
  await vi.advanceTimersByTimeAsync(TIMEOUT);
  await first;
  expect(await looks({}).look(async () => 1)).toBe(1);
});

it('C-01: an abort is no word about the cache', async () => {
  const store = {};
  const { look, warnings } = looks(store);
  const controller = new AbortController();
  const looking = look(hangs, controller.signal);
  controller.abort('enough');
  await expect(looking).rejects.toBe('enough');
  expect(await look(async () => 1)).toBe(1);
  expect(warnings).toEqual([]);
});
