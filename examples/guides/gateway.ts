import { createRateLimiter } from '@mortise/toolkit';
import { OpenAIEmbedding, OpenAILLM } from '@mortise/openai';

/** A gateway that speaks OpenAI's wire and wants every request signed. */
export function gateway(baseURL: string, sign: (body: string) => string, send = globalThis.fetch) {
  // #region gateway
  const limiter = createRateLimiter({ requestsPerMinute: 600, tokensPerMinute: 400_000 }); // for both
  const signed: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('x-signature', sign(typeof init?.body === 'string' ? init.body : ''));
    return send(input, { ...init, headers });
  };
  const llm = new OpenAILLM({
    baseURL,
    fetch: signed,
    limiter,
    model: 'house-7',
    api: 'chat-completions',
    maxTokensField: 'max_tokens',
    metadata: { contextWindow: 32_000, capabilities: { tools: true, structuredOutput: 'tool' } },
  });
  const embedding = new OpenAIEmbedding({
    baseURL,
    fetch: signed,
    limiter,
    model: 'house-embed',
    metadata: { dimensions: 512, maxBatchSize: 64, acceptsDimensions: false },
  });
  // #endregion
  return { llm, embedding };
}
