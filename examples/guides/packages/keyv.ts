// #region imports
import KeyvRedis from '@keyv/redis';
import { KeyvKeyValueStore } from '@mortise/keyv';
import { OpenAIEmbedding } from '@mortise/openai';
import { withEmbeddingCache } from '@mortise/toolkit';
import Keyv from 'keyv';
// #endregion

export async function embedTwice(url: string): Promise<number | undefined> {
  // #region cache
  const adapter = new KeyvRedis(url); // such as 'redis://localhost:6379'
  const cache = new KeyvKeyValueStore(new Keyv(adapter));
  const embedding = withEmbeddingCache(new OpenAIEmbedding({ model: 'text-embedding-3-small' }), cache);
  // #endregion
  await embedding.embedTexts(['Cut the pins first.']);
  const { usage } = await embedding.embedTexts(['Cut the pins first.']);
  await adapter.disconnect();
  return usage?.inputTokens;
}
