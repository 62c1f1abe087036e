import { embeddingConformance, type EmbeddingDialect } from '@mortise/conformance';
import { describe, it } from 'vitest';
import { OllamaEmbedding } from '../ollama-embedding.ts';

interface Body {
  readonly model: string;
  readonly input: readonly string[];
}

/** Its words for what the status does not tell. */
const SAID: Readonly<Record<string, string>> = {
  quota: 'you have reached your weekly usage limit',
  'context-length': 'the input length exceeds the context length',
};

/** Ollama's `/api/embed`, as far as the model of the guide speaks it: the kind is a prefix of every text. */
const ollamaEmbed: EmbeddingDialect = {
  name: 'ollama-embed',
  without: {
    index: 'Ollama gives vectors in the order of the texts, without an index.',
  },
  model: ({ body }) => (body as Body).model,
  inputs: ({ body }) => (body as Body).input.map((text) => text.replace(/^search_\w+: /, '')),
  encoding: () => 'float',
  kind: ({ body }) => ((body as Body).input[0]?.startsWith('search_query: ') ? 'query' : 'document'),
  body: (rows, { model, inputTokens }) => ({
    model,
    embeddings: rows.map(({ vector }) => [...vector]),
    ...(inputTokens === undefined ? {} : { prompt_eval_count: inputTokens }),
  }),
  failure: ({ kind, message }) => ({ body: { error: SAID[kind ?? ''] ?? message }, headers: {} }),
};

// #region suite
embeddingConformance(
  { describe, it },
  {
    name: 'the embedding of the guide',
    create: ({ url, settings }) => new OllamaEmbedding(url, settings),
    dialect: ollamaEmbed,
    declares: new OllamaEmbedding().metadata,
  },
);
// #endregion
