import { afterEach, expect, it } from 'vitest';
import { json, startWire, type Wire, type WireHandler } from '@mortise/conformance';
import type { BaseEmbeddingOptions } from '@mortise/core';
import { MemoryKeyValueStore } from '@mortise/core/store';
import { withEmbeddingCache } from '@mortise/toolkit';
import { OllamaEmbedding } from '../ollama-embedding.ts';

let wire: Wire | undefined;
afterEach(() => wire?.close());

interface Body {
  readonly input: readonly string[];
}

/** 768 numbers that only this text has. */
const rowOf = (text: string) =>
  Array.from({ length: 768 }, (_, at) => Math.fround(((text.charCodeAt(at % text.length) + at) % 64) / 64));

const answer: WireHandler = (request, reply) => {
  const { input } = request.body as Body;
  return json(reply, {
    model: 'nomic-embed-text',
    embeddings: input.map(rowOf),
    prompt_eval_count: input.length,
  });
};

async function model(
  handler: WireHandler,
  options?: Partial<BaseEmbeddingOptions>,
): Promise<OllamaEmbedding> {
  wire = await startWire(handler);
  return new OllamaEmbedding(wire.url, options);
}

it('M-01: embeds queries and documents by their kind, in batches and in order', async () => {
  const embedding = await model(answer);
  const texts = Array.from({ length: 150 }, (_, n) => `text ${n}`);
  const { embeddings, usage } = await embedding.embedTexts(texts);
  expect(embeddings.map((row) => [...row])).toEqual(texts.map((text) => rowOf(`search_document: ${text}`)));
  expect(usage).toEqual({ inputTokens: 150 });
  expect([...(await embedding.embedQuery('why?'))]).toEqual(rowOf('search_query: why?'));
  expect(wire?.requests.map(({ body }) => (body as Body).input.length)).toEqual([64, 64, 22, 1]);
  expect(wire?.requests.at(-1)).toMatchObject({
    path: '/api/embed',
    body: { model: 'nomic-embed-text', input: ['search_query: why?'], truncate: false },
  });
});

it('M-03: refuses a short answer and rows of another length', async () => {
  const short = await model((_request, reply) => json(reply, { embeddings: [] }), { retry: false });
  await expect(short.embedText('a')).rejects.toMatchObject({ code: 'malformed-response' });
  await wire?.close();
  const wrong = await model((_request, reply) => json(reply, { embeddings: [[1, 2]] }), { retry: false });
  await expect(wrong.embedText('a')).rejects.toMatchObject({ code: 'malformed-response' });
});

it('M-06: asks once for what a cache can keep', async () => {
  const embedding = withEmbeddingCache(await model(answer), new MemoryKeyValueStore());
  const first = await embedding.embedText('a');
  expect(await embedding.embedText('a')).toEqual(first);
  expect(wire?.requests).toHaveLength(1);
});

it('E-04: an overloaded server is asked again, an unknown model is not', async () => {
  const embedding = await model((request, reply, n) => {
    if (n === 0) return json(reply, {}, { status: 503, headers: { 'retry-after': '0' } });
    return n === 1 ? answer(request, reply, n) : json(reply, { error: 'not found' }, { status: 404 });
  });
  expect(await embedding.embedText('a')).toHaveLength(768);
  await expect(embedding.embedText('b')).rejects.toMatchObject({ code: 'not-found', provider: 'ollama' });
  expect(wire?.requests).toHaveLength(3);
});

it('C-01: an abort reaches the server', async () => {
  const controller = new AbortController();
  const embedding = await model(() => controller.abort('enough'));
  await expect(embedding.embedText('a', { signal: controller.signal })).rejects.toBe('enough');
  expect(await wire?.requests[0]?.closedEarly).toBe(true);
});
