import { OpenAIEmbedding } from '@mortise/openai';
import { SentenceSplitter, openIndex } from '@mortise/rag';
import { createDocument, type Node } from '@mortise/core';

const characters = { name: 'characters', count: (text: string) => text.length };
const uncut = { transform: async (nodes: readonly Node[]) => [...nodes] };

const embeddings = new OpenAIEmbedding({ model: 'text-embedding-3-small' });
const splitter = new SentenceSplitter({ tokenizer: characters, maxTokens: 1000, overlap: 100 });

export async function nearest(texts: string[], question: string): Promise<string[]> {
  const whole = texts.map((pageContent) => createDocument({ text: pageContent }));
  const chunks = whole
    .flatMap((document) => splitter.split(document))
    .map(({ id, text, metadata }) => createDocument({ id, text, metadata }));
  const store = await openIndex({ embedding: embeddings }, { splitter: uncut });
  await store.update(chunks);
  const found = await store
    .retriever({ topK: 2, weights: { bm25: 0, vector: 1 } })
    .retrieve(question)
    .then((found) => found.map(({ node }) => node));
  return found.map((document) => document.text);
}
