import { describe, expect, it } from 'vitest';
import { runPool } from '@mortise/core/call';

describe('runPool', () => {
  it('never runs more than the concurrency, and all of the items', async () => {
    let running = 0;
    let peak = 0;
    const seen: number[] = [];
    await runPool(
      Array.from({ length: 40 }, (_, at) => at),
      5,
      async (item) => {
        peak = Math.max(peak, ++running);
        await new Promise((resolve) => setTimeout(resolve, item % 3));
        seen.push(item);
        running--;
      },
    );
    expect(peak).toBe(5);
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, at) => at));
  });

  it('stops taking items after the first failure and rejects with it', async () => {
    const taken: number[] = [];
    const run = runPool([1, 2, 3, 4, 5, 6], 2, async (item) => {
      taken.push(item);
      await new Promise((resolve) => setImmediate(resolve));
      if (item <= 2) throw new Error(`failed ${item}`);
    });
    await expect(run).rejects.toThrow('failed 1');
    expect(taken).toEqual([1, 2]);
  });

  it('takes from an async iterable', async () => {
    const seen: string[] = [];
    async function* letters() {
      yield* ['a', 'b', 'c'];
    }
    await runPool(letters(), 2, async (letter) => void seen.push(letter));
    expect(seen.sort()).toEqual(['a', 'b', 'c']);
  });
});

it('closes what it takes from when it fails', async () => {
  let isClosed = false;
  async function* numbers(): AsyncGenerator<number> {
    try {
      for (let at = 0; ; at++) yield at;
    } finally {
      isClosed = true;
    }
  }
  const failing = runPool(numbers(), 2, (at) =>
    at === 3 ? Promise.reject(new Error('3')) : Promise.resolve(),
  );
  await expect(failing).rejects.toThrow('3');
  await new Promise((resolve) => setImmediate(resolve));
  expect(isClosed).toBe(true);
});
