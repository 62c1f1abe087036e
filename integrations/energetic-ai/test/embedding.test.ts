import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { slowReadings } from '@mortise/conformance';
import { similarity } from '@mortise/core/embedding';
import * as energeticAI from '@mortise/energetic-ai';
import { EnergeticAIEmbedding } from '@mortise/energetic-ai';

/** Anything on these is output of the program that uses the package. */
function watchConsole(): () => number {
  const spies = (['log', 'info', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name));
  const warned = vi.spyOn(process, 'emitWarning');
  onTestFinished(() => void vi.restoreAllMocks());
  return () => [...spies, warned].reduce((calls, spy) => calls + spy.mock.calls.length, 0);
}

// The model computes on two cores that the machine may be using for something else.
vi.setConfig({ testTimeout: 60_000 });

const embedding = new EnergeticAIEmbedding();
const words = (count: number, word = 'river'): string => Array.from({ length: count }, () => word).join(' ');

describe('EnergeticAIEmbedding', () => {
  it('embeds English so that what is alike is close, and prints nothing', async () => {
    const printed = watchConsole();
    const { embeddings } = await embedding.embedTexts([
      'A dog runs across the field.',
      'A puppy is running over the grass.',
      'Interest rates rose by half a percent.',
    ]);
    const [dog, puppy, rates] = embeddings as [Float32Array, Float32Array, Float32Array];
    expect(dog).toHaveLength(512);
    expect(similarity(dog, puppy)).toBeGreaterThan(similarity(dog, rates) + 0.2);
    expect(similarity(dog, dog, 'dot')).toBeCloseTo(1, 5);
    expect(printed()).toBe(0);
  });

  it('leaves no handler of its own on the process', async () => {
    await embedding.embedText('loaded');
    for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
      const listeners = process.rawListeners(event).map(String);
      expect(listeners.filter((text) => /throw (ex|reason)\b/.test(text))).toEqual([]);
    }
  });

  it('M-02: gives each text its own vector, whatever stands beside it', async () => {
    const texts = [
      'good',
      ' ',
      'bad',
      '😀',
      'one\ntwo',
      '日本語',
      'a longer sentence about nothing in particular',
    ];
    const { embeddings, warnings } = await embedding.embedTexts(texts);
    for (const [index, text] of texts.entries()) {
      const alone = await embedding.embedText(text);
      expect(similarity(embeddings[index]!, alone), text).toBeCloseTo(1, 4);
    }
    expect(warnings).toEqual([]);
  });

  it('embeds a query as it embeds a document', async () => {
    expect(await embedding.embedQuery('the same')).toEqual(await embedding.embedText('the same'));
  });

  it('M-05: refuses an empty text before the model sees it', async () => {
    await expect(embedding.embedTexts(['good', ''])).rejects.toMatchObject({ code: 'invalid-request' });
    expect(await embedding.embedTexts([])).toMatchObject({ embeddings: [] });
  });

  it('refuses another length of vectors', async () => {
    await expect(embedding.embedText('x', { dimensions: 256 })).rejects.toMatchObject({
      code: 'unsupported',
    });
    expect(await embedding.embedText('x', { dimensions: 512 })).toHaveLength(512);
  });

  it('takes every run of white space for one space', async () => {
    const { embeddings } = await embedding.embedTexts(['one two', '  one\r\n\ttwo\n']);
    expect(embeddings[0]).toEqual(embeddings[1]);
  });

  it('M-01: says which texts are longer than what the model reads', async () => {
    const long = words(128);
    const { embeddings, warnings } = await embedding.embedTexts([
      long,
      `${long} volcano`,
      `${long} banana`,
      'short',
    ]);
    expect(embeddings[1]).toEqual(embeddings[2]);
    expect(warnings).toMatchObject([{ type: 'other', setting: 'maxInputTokens', inputs: [1, 2] }]);
  });

  it('says nothing of a text that is read whole', async () => {
    const { embeddings, warnings } = await embedding.embedTexts([`${words(127)} the`, `${words(127)} and`]);
    expect(embeddings[0]).not.toEqual(embeddings[1]);
    expect(warnings).toEqual([]);
  });

  it('takes no longer for a book than for a page', async () => {
    const before = process.cpuUsage();
    const { warnings } = await embedding.embedTexts([words(100_000), 'ab'.repeat(500_000)]);
    // Of the processor, as the machine may be busy. The tokenizer alone is quadratic: 14 s for a tenth of either.
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(5);
    expect(warnings).toHaveLength(1);
  });

  it('C-13: takes time in proportion to the text, whatever comes again and again', async () => {
    const read = (text: string): Promise<unknown> => embedding.embedTexts([text]);
    const repeated = ['a', ' ', ' a', '中', '\u0301'];
    expect(await slowReadings(read, { repeated, tails: [''] })).toEqual([]);
    expect(Object.keys(energeticAI)).toEqual(['EnergeticAIEmbedding']);
  }, 300_000);

  it('lets timers run and reports progress between batches of 4', async () => {
    const seen: number[] = [];
    let ticks = 0;
    let timer = setImmediate(function count() {
      ticks++;
      timer = setImmediate(count);
    });
    onTestFinished(() => clearImmediate(timer));
    const texts = Array.from({ length: 12 }, (_, i) => `text number ${i}`);
    await embedding.embedTexts(texts, { concurrency: 5, onProgress: ({ done }) => void seen.push(done) });
    expect(seen).toEqual([4, 8, 12]);
    expect(ticks).toBeGreaterThanOrEqual(2);
  });

  it('C-01: stops between two batches with the reason of the signal', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const texts = Array.from({ length: 40 }, (_, i) => `text number ${i}`);
    let reached = 0;
    const onProgress = ({ done }: { done: number }): void => {
      reached = done;
      // By a timer: it must get its turn before the next batch but one.
      if (done === 8) setTimeout(() => controller.abort(reason), 0);
    };
    const call = embedding.embedTexts(texts, { signal: controller.signal, onProgress });
    await expect(call).rejects.toBe(reason);
    expect(reached).toBeGreaterThanOrEqual(8);
    expect(reached).toBeLessThan(40);
  });
});
