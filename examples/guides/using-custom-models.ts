import { messageText, similarity, type ChatMessage } from '@mortise/core';
import { SqliteKeyValueStore } from '@mortise/stores';
import { withEmbeddingCache } from '@mortise/toolkit';
import { LlamaServerLLM } from './llama-server.ts';
import { OllamaEmbedding } from './ollama-embedding.ts';

export async function askLlama(url: string, print: (text: string) => void): Promise<string> {
  // #region llama
  const llm = new LlamaServerLLM(url);
  const { text } = await llm.complete('The capital of France is', { maxOutputTokens: 8 });
  for await (const piece of llm.streamChat('Why is the sky blue?').textStream) print(piece);
  // #endregion
  return text;
}

// #region template
/** A model with a chat template of its own. */
export class PhiServerLLM extends LlamaServerLLM {
  override messagesToPrompt(messages: readonly ChatMessage[]): string {
    const turns = messages.map((message) => `<|${message.role}|>\n${messageText(message)}<|end|>\n`);
    return `${turns.join('')}<|assistant|>\n`;
  }
}
// #endregion

export async function compare(url: string): Promise<number> {
  // #region ollama
  const embedding = new OllamaEmbedding(url);
  const { embeddings } = await embedding.embedTexts(['The sky is blue.', 'Grass is green.']);
  const query = await embedding.embedQuery('What colour is the sky?');
  const score = similarity(query, embeddings[0]!);
  // #endregion
  return score;
}

export async function embedAll(
  url: string,
  path: string,
  texts: Iterable<string>,
  keep: (index: number, vector: Float32Array) => void,
): Promise<void> {
  // #region resumed
  const cache = new SqliteKeyValueStore({ path });
  const embedding = withEmbeddingCache(new OllamaEmbedding(url), cache);
  for await (const { index, embedding: vector } of embedding.embedStream(texts)) keep(index, vector);
  // #endregion
  cache.close();
}
