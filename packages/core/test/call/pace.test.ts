import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { createPace } from '@mortise/core/call';
import { HashEmbedding } from '@mortise/core/testing';

/** Holds the processor. */
function work(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('a pace', () => {
  it('gives others a turn once a slice is over, and not before', async () => {
    const order: string[] = [];
    const pace = createPace(undefined, 5);
    setImmediate(() => order.push('another'));
    await pace.rest();
    order.push('first');
    work(6);
    expect(pace.due).toBe(true);
    await pace.rest();
    order.push('second');
    expect(pace.due).toBe(false);
    expect(order).toEqual(['first', 'another', 'second']);
  });

  it('sees an abort that came while others had their turn', async () => {
    const controller = new AbortController();
    const pace = createPace(controller.signal, 1);
    setImmediate(() => controller.abort('enough'));
    work(2);
    await expect(pace.rest()).rejects.toBe('enough');
    await expect(pace.rest()).rejects.toBe('enough');
  });
});

it('C-13 embeds with a model of this process in slices, and sees its signal', async () => {
  const model = new HashEmbedding({ dimensions: 64 });
  const texts = Array.from({ length: 20_000 }, (_, at) => `The text number ${at}, of some words.`);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await model.embedTexts(texts);
  delay.disable();
  // More than ten turns, whatever else the machine does meanwhile.
  expect(delay.count).toBeGreaterThan(10);
  const controller = new AbortController();
  const embedding = model.embedTexts(texts, { signal: controller.signal });
  setTimeout(() => controller.abort('enough'), 5);
  await expect(embedding).rejects.toBe('enough');
});
