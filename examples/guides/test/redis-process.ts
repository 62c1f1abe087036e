import { BaseEmbedding, type EmbeddingMetadata, type EmbedReply } from '@mortise/core/embedding';
import { ScriptedLLM } from '@mortise/core/testing';
import { openCache, openLimit } from '../redis.ts';

/** One of several processes. `redis.services.test.ts` starts it, and gives prompts and texts as messages. */
const [redis = '', provider = ''] = process.argv.slice(2);

const ask = async (path: string, text: string): Promise<string> =>
  (await fetch(`${provider}/${path}`, { method: 'POST', body: text })).text();

class Counted extends BaseEmbedding {
  readonly metadata: EmbeddingMetadata = { maxBatchSize: 16, asymmetric: false, dimensions: 2 };

  constructor() {
    super({ provider: 'counted', model: 'two' });
  }

  async doEmbed(inputs: readonly string[]): Promise<EmbedReply> {
    const rows = JSON.parse(await ask('embed', JSON.stringify(inputs))) as number[][];
    return { embeddings: rows, usage: {} };
  }
}

const limit = openLimit(redis);
const llm = new ScriptedLLM({
  limiter: limit.limiter,
  replies: ({ messages }) => ask('chat', JSON.stringify(messages)),
});
const { chat, embeddings } = openCache(redis, llm, new Counted());

process.on('message', async ({ prompts, texts }: { prompts: string[]; texts: string[] }) => {
  const [replies, { embeddings: vectors }] = await Promise.all([
    Promise.all(prompts.map((prompt) => chat.chat(prompt))),
    embeddings.embedTexts(texts),
  ]);
  process.send?.({ replies: replies.map(({ text }) => text), vectors: vectors.map((vector) => [...vector]) });
});
process.send?.('ready');
