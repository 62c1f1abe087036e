import { expect, it, onTestFinished, vi } from 'vitest';
import { HashEmbedding } from '@mortise/core/testing';

it('C-13: embeds with a model of this process in slices, and sees its signal', async () => {
  // A look at the clock takes a millisecond, so that the slices are the same however quick or busy the machine is.
  let now = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 1));
  onTestFinished(() => void vi.restoreAllMocks());
  const turns = vi.spyOn(globalThis, 'setImmediate');
  const model = new HashEmbedding({ dimensions: 64 });
  const requests = vi.spyOn(model, 'doEmbed');
  const texts = Array.from({ length: 20_000 }, (_, at) => `The text number ${at}, of some words.`);

  await model.embedTexts(texts);
  expect(requests).toHaveBeenCalledTimes(209);
  expect(turns.mock.calls.length).toBeGreaterThan(20);

  requests.mockClear();
  const controller = new AbortController();
  setImmediate(() => controller.abort('enough'));
  await expect(model.embedTexts(texts, { signal: controller.signal })).rejects.toBe('enough');
  expect(requests.mock.calls.length).toBeLessThan(20);
});
