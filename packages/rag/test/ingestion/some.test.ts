import { describe, expect, it } from 'vitest';
import { IngestionPipeline, MemoryDocumentStore, MemoryVectorStore, type DocumentSource } from '@mortise/rag';
import { createDocument } from '@mortise/core/retriever';
import { HashEmbedding } from '@mortise/core/testing';
import type { DocumentStore, StoreLock } from '@mortise/core/store';

const document = (id: string, text = `Text of ${id}.`) => createDocument({ id, text });

function setup(documents: DocumentStore = new MemoryDocumentStore()) {
  const vectors = new MemoryVectorStore();
  const pipeline = new IngestionPipeline({ documents, vectors, embedding: new HashEmbedding() });
  return { documents, vectors, pipeline };
}

async function idsOf(documents: DocumentStore): Promise<string[]> {
  const ids: string[] = [];
  for await (const { sourceId } of documents.sources()) ids.push(sourceId);
  return ids.sort();
}

/** Gives its documents once it is let. */
function held(...ids: string[]): { source: DocumentSource; begun: Promise<void>; go: () => void } {
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  async function* source() {
    begun.resolve();
    await gate.promise;
    for (const id of ids) yield document(id);
  }
  return { source: source(), begun: begun.promise, go: gate.resolve };
}

describe('a run about some documents', () => {
  it('leaves all others as they are', async () => {
    const { documents, pipeline } = setup();
    await pipeline.run(['a', 'b', 'c'].map((id) => document(id)));
    const strategy = 'upserts-and-delete';
    const report = await pipeline.run([document('b', 'Another.')], {
      sourceIds: ['b', 'c', 'none'],
      strategy,
    });
    expect(report).toMatchObject({ updated: 1, removed: 1, unchanged: 0, ids: { removed: ['c'] } });
    expect(await idsOf(documents)).toEqual(['a', 'b']);
  });

  it('goes on beside another about others, and not about the same, nor beside one about all', async () => {
    const { documents, pipeline } = setup();
    const first = held('a');
    const running = pipeline.run(first.source, { sourceIds: ['a'] });
    await first.begun;
    await expect(pipeline.run([document('a')], { sourceIds: ['b', 'a'] })).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(pipeline.run([document('b')])).rejects.toMatchObject({ code: 'conflict' });
    await pipeline.run([document('b')], { sourceIds: ['b'] });
    first.go();
    await running;
    const all = held('c');
    const whole = pipeline.run(all.source);
    await all.begun;
    await expect(pipeline.run([document('a')], { sourceIds: ['a'] })).rejects.toMatchObject({
      code: 'conflict',
    });
    all.go();
    await whole;
    expect(await idsOf(documents)).toEqual(['a', 'b', 'c']);
  });

  it('I-03: sets a document aside that it did not lock', async () => {
    const { documents, pipeline } = setup();
    const { added, failed } = await pipeline.run([document('a'), document('b')], { sourceIds: ['a'] });
    expect(added).toBe(1);
    expect(failed).toMatchObject([{ documentId: 'b', error: { code: 'invalid-request' } }]);
    expect(await idsOf(documents)).toEqual(['a']);
  });

  it('I-01: finishes what an earlier run left of them, and leaves alone what another is writing', async () => {
    const { documents, pipeline } = setup();
    await pipeline.run([document('a'), document('b')]);
    for (const sourceId of ['a', 'b']) {
      const record = await documents.getSource(sourceId);
      await documents.setSource({ ...record!, strayIds: [`${sourceId}@half`] });
    }
    await pipeline.run([document('a')], { sourceIds: ['a'] });
    expect((await documents.getSource('a'))?.strayIds).toBeUndefined();
    expect((await documents.getSource('b'))?.strayIds).toEqual(['b@half']);
  });

  it('refuses the comparison of all documents, and what is no list', async () => {
    const { pipeline } = setup();
    const strategy = 'duplicates-only';
    await expect(pipeline.run([], { sourceIds: [], strategy })).rejects.toMatchObject({
      code: 'invalid-request',
    });
    await expect(pipeline.run([], { sourceIds: 'a' as never })).rejects.toMatchObject({
      code: 'invalid-request',
    });
  });

  it('I-01: stops writing once its lock is lost', async () => {
    const lost = new AbortController();
    const inner = new MemoryDocumentStore();
    let released = 0;
    const lock = async (): Promise<StoreLock> => ({
      lost: lost.signal,
      release: async () => void released++,
    });
    const documents = new Proxy(inner, {
      get: (store, name) => (name === 'lock' ? lock : Reflect.get(store, name, store).bind?.(store)),
    }) as DocumentStore;
    const { pipeline } = setup(documents);
    async function* source() {
      yield document('a');
      lost.abort(new Error('The session ended.'));
      yield document('b');
    }
    await expect(pipeline.run(source())).rejects.toThrow('The session ended.');
    expect(await idsOf(inner)).not.toContain('b');
    expect(released).toBe(1);
  });
});
