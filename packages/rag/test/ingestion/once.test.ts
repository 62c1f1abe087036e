import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createDocument, sourceId, type Node } from '@mortise/core/retriever';
import { estimateTokenizer } from '@mortise/core/tokenizer';
import { HashEmbedding } from '@mortise/core/testing';
import {
  committedNodes,
  IngestionPipeline,
  MemoryDocumentStore,
  MemoryVectorStore,
  SentenceSplitter,
} from '@mortise/rag';
import { collect } from '../temporary.ts';

/** Every call takes a moment, so that workers meet; `onCall` sees each. */
function slow<T extends object>(
  store: T,
  ms: number,
  onCall: (member: string, args: readonly unknown[]) => void = () => undefined,
): T {
  return new Proxy(store, {
    get(target, member) {
      const own = Reflect.get(target, member) as unknown;
      if (typeof own !== 'function') return own;
      const method = own as (...args: unknown[]) => unknown;
      if (member === 'sources' || member === 'iterate') return method.bind(target);
      return async (...args: unknown[]) => {
        onCall(String(member), args);
        if (ms > 0) await sleep(ms);
        return method.apply(target, args);
      };
    },
  });
}

const paragraphs = (id: number, version: string) =>
  Array.from({ length: 7 }, (_, n) => `Paragraph ${n} of document ${id}, the ${version} one.`).join('\n\n');
const corpus = (count: number, version: string) =>
  Array.from({ length: count }, (_, at) => createDocument({ id: `d${at}`, text: paragraphs(at, version) }));

describe.each([1, 2, 4, 8, 16])('at concurrency %i', (concurrency) => {
  it.each([0, 1])(
    'I-04: each document is written once, and the report says so (stores that take %i ms)',
    async (ms) => {
      const own = { documents: new MemoryDocumentStore(), vectors: new MemoryVectorStore() };
      const writes: string[] = [];
      const documents = slow(own.documents, ms, (member, [nodes]) => {
        if (member === 'upsert') writes.push(sourceId((nodes as Node[])[0]!)!);
      });
      const pipeline = new IngestionPipeline({
        documents,
        vectors: slow(own.vectors, ms),
        embedding: new HashEmbedding({ maxBatchSize: 10 }),
        transforms: [new SentenceSplitter({ maxTokens: 16, overlap: 0 })],
        concurrency,
        strategy: 'upserts-and-delete',
      });
      const ids = corpus(60, 'old').map(({ id }) => id);
      const nodes = corpus(60, 'old').length * 7;
      const counts = async (source: ReturnType<typeof corpus>) => {
        writes.length = 0;
        const report = await pipeline.run(source);
        expect(writes.toSorted()).toEqual([...report.ids.added, ...report.ids.updated].toSorted());
        expect(new Set(writes).size).toBe(writes.length);
        const { added, updated, unchanged, removed, failed, nodes: written, embedded } = report;
        return { added, updated, unchanged, removed, failed: failed.length, nodes: written, embedded };
      };
      const none = { added: 0, updated: 0, unchanged: 0, removed: 0, failed: 0, nodes: 0, embedded: 0 };
      expect(await counts(corpus(60, 'old'))).toEqual({ ...none, added: 60, nodes, embedded: nodes });
      expect(await counts(corpus(60, 'new'))).toEqual({ ...none, updated: 60, nodes, embedded: nodes });
      expect(await counts(corpus(60, 'new'))).toEqual({ ...none, unchanged: 60 });
      expect(await counts(corpus(60, 'old'))).toEqual({ ...none, updated: 60, nodes, embedded: nodes });
      expect(await counts(corpus(50, 'old'))).toEqual({ ...none, unchanged: 50, removed: 10 });
      const found = await collect(committedNodes(own.documents));
      expect(found).toHaveLength(50 * 7);
      expect(own.vectors.size).toBe(50 * 7);
      expect(new Set(found.map((node) => sourceId(node)))).toEqual(new Set(ids.slice(0, 50)));
    },
  );

  it('I-01: who looks at any moment of an update sees each document whole, in one version', async () => {
    const own = { documents: new MemoryDocumentStore(), vectors: new MemoryVectorStore() };
    const pipeline = new IngestionPipeline({
      documents: slow(own.documents, 1),
      vectors: slow(own.vectors, 1),
      embedding: new HashEmbedding({ maxBatchSize: 10 }),
      transforms: [new SentenceSplitter({ maxTokens: 16, overlap: 0 })],
      concurrency,
    });
    await pipeline.run(corpus(40, 'old'));
    const broken: string[] = [];
    let looks = 0;
    let running = true;
    const look = async (): Promise<void> => {
      while (running) {
        const texts = new Map<string, string[]>();
        for await (const node of committedNodes(own.documents))
          texts.set(sourceId(node)!, [...(texts.get(sourceId(node)!) ?? []), node.text]);
        for (let at = 0; at < 40; at++) {
          const found = texts.get(`d${at}`) ?? [];
          const whole = ['old', 'new'].some(
            (version) => found.length === 7 && found.every((text) => text.includes(version)),
          );
          if (!whole) broken.push(`d${at}: ${found.length}`);
        }
        looks += 1;
        // Stores take 1 ms: between two looks little has changed.
        await sleep(3);
      }
    };
    const looking = look();
    await pipeline.run(corpus(40, 'new'));
    running = false;
    await looking;
    expect(looks).toBeGreaterThan(5);
    expect(broken).toEqual([]);
  });
});

it('measures each text once, however many share a batch', async () => {
  let measured = 0;
  const count = estimateTokenizer.count.bind(estimateTokenizer);
  const counting = { count: (text: string) => ((measured += 1), count(text)) };
  const original = Object.getOwnPropertyDescriptor(estimateTokenizer, 'count');
  Object.defineProperty(estimateTokenizer, 'count', { value: counting.count, configurable: true });
  try {
    class Wide extends HashEmbedding {
      constructor() {
        super({ maxBatchSize: 100_000 });
        Object.assign(this.metadata, { maxBatchTokens: 1_000_000, maxBatchBytes: 100_000_000 });
      }
    }
    for (const texts of [2_000, 4_000]) {
      const pipeline = new IngestionPipeline({
        documents: new MemoryDocumentStore(),
        vectors: new MemoryVectorStore(),
        embedding: new Wide(),
        transforms: [{ transform: async (nodes) => [...nodes] }],
      });
      measured = 0;
      await pipeline.run(
        Array.from({ length: texts }, (_, at) => createDocument({ id: `${at}`, text: `Text ${at}.` })),
      );
      // Once by the run and once by the model.
      expect(measured).toBeLessThanOrEqual(texts * 2);
    }
  } finally {
    if (original !== undefined) Object.defineProperty(estimateTokenizer, 'count', original);
  }
});
