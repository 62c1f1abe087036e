import { afterAll } from 'vitest';
import {
  TransformersEmbedding,
  TransformersReranker,
  type TransformersEmbeddingOptions,
  type TransformersRerankerOptions,
} from '@mortise/transformers';
import { tinyModels } from '../../../integrations/transformers/test/tiny-model.ts';
import { call, fuzz } from './fuzz.ts';
import { embeddingParts } from './parts.ts';

const models = tinyModels();
afterAll(() => models[Symbol.dispose]());

const asked = () => {
  const { dimensions: _, kind: _kind, ...options } = embeddingParts()[2];
  return { ...options, timeoutMs: 5_000, deadlineMs: 6_000 };
};
/** A name that a mutation makes is not looked for on the hub. */
const local = { dtype: 'fp32', localFilesOnly: true, retry: false } as const;

fuzz('integrations/transformers', [
  call(
    'TransformersEmbedding.embedTexts',
    () =>
      [
        {
          ...{ ...local, model: models.embedding, pooling: 'mean', queryPrefix: 'q', documentPrefix: 'd' },
          metadata: { maxBatchSize: 2, maxInputTokens: 6 },
        },
        ['a', 'b'],
        asked(),
      ] as [TransformersEmbeddingOptions, string[], object],
    (options, texts, given) => new TransformersEmbedding(options).embedTexts(texts, given),
  ),
  call(
    'TransformersReranker.rerank',
    () =>
      [
        { ...local, model: models.reranker, batchSize: 2, maxInputTokens: 9 },
        'a',
        ['b', 'c'],
        { topN: 1, timeoutMs: 5_000 },
      ] as [TransformersRerankerOptions, string, string[], object],
    (options, query, documents, given) => new TransformersReranker(options).rerank(query, documents, given),
  ),
]);
