// #region imports
import { createTextNode } from '@mortise/core';
import { OpenAIEmbedding } from '@mortise/openai';
import { PostgresVectorStore, type PostgresClient } from '@mortise/postgres';
// #endregion

/** `client` is a pool of `pg`, or whatever answers as one. */
export async function search(client: PostgresClient): Promise<string | undefined> {
  // #region search
  const embedding = new OpenAIEmbedding({ model: 'text-embedding-3-small', dimensions: 384 });
  const store = new PostgresVectorStore({ client, dimensions: 384 }); // client: new pg.Pool({ connectionString })
  const node = createTextNode({ text: 'Cut the pins first.', metadata: { year: 1841 } });
  await store.upsert([{ node, embedding: await embedding.embedText(node.text) }]);
  const found = await store.query({
    mode: 'hybrid',
    text: 'What is cut first?',
    embedding: await embedding.embedQuery('What is cut first?'),
    topK: 10,
    filter: { key: 'year', op: '<', value: 1900 },
  });
  // #endregion
  return found[0]?.node.text;
}
