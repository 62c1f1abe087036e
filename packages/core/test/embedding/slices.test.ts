import { monitorEventLoopDelay } from 'node:perf_hooks';
import { expect, it } from 'vitest';
import { HashEmbedding } from '@mortise/core/testing';

it('C-13: embeds with a model of this process in slices, and sees its signal', async () => {
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
