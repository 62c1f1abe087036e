import { createTextNode } from '@mortise/core';
import { LanceDbVectorStore } from '@mortise/lancedb';
import { OpenAIEmbedding } from '@mortise/openai';

const embedding = new OpenAIEmbedding({ model: 'text-embedding-3-small' });
await using store = new LanceDbVectorStore({ uri: 'vectors' });
const node = createTextNode({ text: 'Cut the pins first.', metadata: { year: 1841 } });
await store.upsert([{ node, embedding: await embedding.embedText(node.text) }]);
const found = await store.query({
  mode: 'hybrid',
  text: 'What is cut first?',
  embedding: await embedding.embedQuery('What is cut first?'),
  topK: 10,
  filter: { key: 'year', op: '<', value: 1900 },
});
console.log(found[0]?.node.text);
