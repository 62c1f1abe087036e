import { describe, expect, it } from 'vitest';
import { readRecordings, recordedResponse, recordingsAbsent, type Recording } from '@mortise/conformance';
import { VoyageEmbedding } from '@mortise/voyage';

const recordings = readRecordings(['voyage']);

describe.skipIf(recordings.length === 0)('recordings', () => {
  it('are all of an API that is known here', () => {
    expect(recordings.map(({ api }) => api)).toEqual(recordings.map(() => 'embeddings'));
  });

  for (const recording of recordings) {
    it.each([Infinity, 1, 7, 997])(`W-01: M-01: ${recording.file} in pieces of %d`, async (chunk) => {
      await check(recording, chunk);
    });
  }
});

describe.runIf(recordings.length === 0)(recordingsAbsent, () => {
  it.skip('is needed for the facts of recorded answers', () => undefined);
});

/** Every fact, none skipped: one that this function does not know fails. */
async function check(recording: Recording, chunk: number): Promise<void> {
  const { oracle: _, count, dims, first, model, usage, ...rest } = recording.facts as Record<string, any>;
  const size = Math.min(chunk, recording.body().length);
  const embedding = new VoyageEmbedding({
    model: 'm',
    apiKey: 'k',
    retry: false,
    fetch: async () => recordedResponse(recording, size),
  });
  const texts = Array.from({ length: count }, (_each, at) => `text ${at}`);
  const result = await embedding.embedTexts(texts);
  expect(result.embeddings.map(({ length }) => length)).toEqual(texts.map(() => dims));
  expect([...(result.embeddings[0] ?? [])].slice(0, first.length)).toEqual([...Float32Array.from(first)]);
  expect(result.model).toBe(model);
  const { input, ...others } = usage;
  expect(result.usage).toEqual({ inputTokens: input });
  expect({ ...rest, ...others }).toEqual({});
}
