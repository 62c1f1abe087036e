import { createTextNode } from '@mortise/core';
import { OpenAIEmbedding } from '@mortise/openai';
import { SqliteVecVectorStore } from '@mortise/sqlite-vec';

const embedding = new OpenAIEmbedding({ model: 'text-embedding-3-small' });
await using store = new SqliteVecVectorStore({ path: 'vectors.sqlite' });
const node = createTextNode({ text: 'Cut the pins first.', metadata: { year: 1841 } });
await store.upsert([{ node, embedding: await embedding.embedText(node.text) }]);
const found = await store.query({
  embedding: await embedding.embedQuery('What is cut first?'),
  topK: 10,
  filter: { key: 'year', op: '<', value: 1900 },
});
console.log(found[0]?.node.text);
