import { describe, expect, it } from 'vitest';
import type { EmbeddingModel } from '@mortise/core/embedding';
import { createDocument, createTextNode } from '@mortise/core/retriever';
import { MemoryKeyValueStore } from '@mortise/core/store';
import { HashEmbedding } from '@mortise/core/testing';
import { IngestionPipeline, MemoryDocumentStore, MemoryVectorStore } from '@mortise/rag';

const many = Array.from({ length: 200 }, (_, at) => createDocument({ id: `d${at}`, text: `text ${at}` }));

/** A store of two dimensions. */
async function old() {
  const vectors = new MemoryVectorStore();
  await vectors.upsert([{ node: createTextNode({ id: 'a', text: '' }), embedding: Float32Array.of(1, 0) }]);
  return vectors;
}

/** Counts what is paid for. `silent` does not say its dimensions; `given` is what it gives for each text. */
function counting(silent: boolean, given?: (text: string) => unknown) {
  const model = new HashEmbedding();
  const { dimensions, ...metadata } = model.metadata;
  let requests = 0;
  const counted: EmbeddingModel = {
    provider: 'acme',
    model: 'm',
    metadata: silent ? metadata : { ...metadata, dimensions: dimensions as number },
    embedQuery: (...args) => model.embedQuery(...args),
    embedText: (...args) => model.embedText(...args),
    embedStream: (...args) => model.embedStream(...args),
    async embedTexts(texts, options) {
      requests += 1;
      // A provider takes its time: what else is sent meanwhile is sent.
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (given === undefined) return model.embedTexts(texts, options);
      return { embeddings: (texts as string[]).map(given) as Float32Array[], usage: {}, cached: 0 } as never;
    },
  };
  return { model: counted, requests: () => requests };
}

const pipelineOf = (embedding: EmbeddingModel, vectors: MemoryVectorStore, more = {}) =>
  new IngestionPipeline({ documents: new MemoryDocumentStore(), vectors, embedding, batchSize: 10, ...more });

describe('a model of other dimensions than the store', () => {
  const refused = { code: 'configuration', message: expect.stringMatching(/dimensions.*holds 2/) };

  it('S-04: is refused before anything is read or paid for', async () => {
    const { model, requests } = counting(false);
    let read = 0;
    const source = (async function* () {
      read += 1;
      yield* many;
    })();
    await expect(pipelineOf(model, await old()).run(source)).rejects.toMatchObject(refused);
    await expect(pipelineOf(model, await old(), { dimensions: 16 }).run(many)).rejects.toMatchObject(refused);
    expect([requests(), read]).toEqual([0, 0]);
  });

  it('S-04: is refused after one request where it does not say its dimensions', async () => {
    const { model, requests } = counting(true);
    const pipeline = pipelineOf(model, await old(), { concurrency: 8 });
    await expect(pipeline.run(many)).rejects.toMatchObject(refused);
    expect(requests()).toBe(1);
    const cache = new MemoryKeyValueStore();
    await pipelineOf(model, new MemoryVectorStore(), { cache }).run(many);
    const paid = requests();
    await expect(pipelineOf(model, await old(), { cache }).run(many)).rejects.toMatchObject(refused);
    expect(requests()).toBe(paid);
  });

  it('goes on at once after the request that told them, and after one that failed', async () => {
    let failing = true;
    const { model, requests } = counting(true, () => {
      if (failing) throw new Error('not now');
      return Float32Array.of(0, 1);
    });
    const pipeline = pipelineOf(model, await old(), { concurrency: 4 });
    await expect(pipeline.run(many)).rejects.toThrow('not now');
    failing = false;
    // Those that waited may have been sent before the run had ended.
    const failed = requests();
    expect(failed).toBeLessThanOrEqual(4);
    expect(await pipeline.run(many)).toMatchObject({ added: 200, failed: [] });
    expect(requests() - failed).toBe(20);
  });
});

it.each([
  ['lists', () => [1, 0]],
  ['nothing', () => undefined],
  ['NaN', () => Float32Array.of(NaN, 0)],
])('S-04: a model that gives %s ends the run at its first reply, with its reason', async (_name, given) => {
  for (const more of [{}, { cache: new MemoryKeyValueStore() }]) {
    const { model, requests } = counting(true, given);
    const pipeline = pipelineOf(model, new MemoryVectorStore(), { concurrency: 1, ...more });
    await expect(pipeline.run(many)).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('does not keep to its contract'),
    });
    expect(requests()).toBe(1);
  }
});
