import { describe, expect, test } from 'vitest';
import { FakeVectorStore, SyntheticEmbeddings } from '@langchain/core/utils/testing';
import {
  CharacterTextSplitter,
  LatexTextSplitter,
  MarkdownTextSplitter,
  RecursiveCharacterTextSplitter,
} from '@langchain/textsplitters';
import { createDocument } from '@mortise/core';
import { HashEmbedding } from '@mortise/core/testing';
import { fromLangChain } from '@mortise/langchain';
import { VectorRetriever } from '@mortise/rag';

const TEXT = [
  '# Tides\n\nThe moon pulls at the sea. So does the sun, though less.\n\n',
  'The moon pulls at the sea.\n\nThe moon pulls at the sea.\n\n',
  '## Waves\n\nWind makes waves; 世界 too. 😀 A wave is not a tide.\n',
]
  .join('')
  .repeat(6);

const sizes = { chunkSize: 60, chunkOverlap: 20 };

describe.each([
  ['RecursiveCharacterTextSplitter', new RecursiveCharacterTextSplitter(sizes)],
  ['RecursiveCharacterTextSplitter of Python', RecursiveCharacterTextSplitter.fromLanguage('python', sizes)],
  ['MarkdownTextSplitter', new MarkdownTextSplitter(sizes)],
  ['LatexTextSplitter', new LatexTextSplitter(sizes)],
  ['CharacterTextSplitter', new CharacterTextSplitter({ separator: '\n\n', ...sizes })],
])('%s', (_name, splitter) => {
  const document = createDocument({ id: 'd', text: TEXT, metadata: { page: 3 } });

  test('gives its own chunks, each with its place', async () => {
    const chunks = await fromLangChain(splitter).transform([document]);
    expect(chunks.map(({ text }) => text)).toEqual(await splitter.splitText(TEXT));
    let last = -1;
    for (const chunk of chunks) {
      if (chunk.type !== 'text') throw new Error('A chunk is a text.');
      const { start = -1, end = -1 } = chunk;
      expect(TEXT.slice(start, end)).toBe(chunk.text);
      expect(start).toBeGreaterThan(last);
      last = start;
    }
  });

  test('gives chunks ids, metadata and neighbours, the same in every run', async () => {
    const transform = fromLangChain(splitter);
    const chunks = await transform.transform([document]);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(chunks.length);
    for (const [at, { metadata, relationships }] of chunks.entries()) {
      expect(metadata).toEqual({ page: 3 });
      expect(relationships?.source?.id).toBe('d');
      expect(relationships?.previous?.id).toBe(chunks[at - 1]?.id);
      expect(relationships?.next?.id).toBe(chunks[at + 1]?.id);
    }
    expect(await transform.transform([document])).toEqual(chunks);
  });
});

test('a text without text has no chunks', async () => {
  const transform = fromLangChain(new RecursiveCharacterTextSplitter(sizes));
  expect(await transform.transform([createDocument({ id: 'd', text: ' \n\n ' })])).toEqual([]);
});

describe("the store in memory of LangChain's own core", () => {
  const embedding = new HashEmbedding({ dimensions: 64 });
  const texts = ['moon and sea', 'Bread is made of flour.', 'Cats sleep.'];
  const nodes = texts.map((text, at) => createDocument({ id: `n${at}`, text, metadata: { at } }));

  test('is asked by a retriever of ours, and gives nodes back whole', async () => {
    // It cannot delete, so that each id is written once.
    const theirs = new FakeVectorStore(new SyntheticEmbeddings({ vectorSize: 64 }));
    const store = fromLangChain(theirs, { replacesById: true });
    const { embeddings } = await embedding.embedTexts(texts);
    await store.upsert(nodes.map((node, at) => ({ node, embedding: embeddings[at] ?? new Float32Array() })));
    const retriever = new VectorRetriever({ store, embedding });
    const found = await retriever.retrieve('moon and sea', { topK: 2 });
    expect(found.map(({ node }) => node)[0]).toEqual(nodes[0]);
    expect(found).toHaveLength(2);
    expect(found[0]!.score).toBeGreaterThan(found[1]!.score);
  });

  test('says what to do where it is to be replaced in', async () => {
    const store = fromLangChain(new FakeVectorStore(new SyntheticEmbeddings({ vectorSize: 64 })));
    const written = store.upsert([{ node: nodes[0]!, embedding: new Float32Array(64).fill(1) }]);
    await expect(written).rejects.toMatchObject({ code: 'unsupported' });
  });
});
