import { EnergeticAIEmbedding, type EnergeticAIEmbeddingOptions } from '@mortise/energetic-ai';
import { call, fuzz } from './fuzz.ts';
import { embeddingParts } from './parts.ts';

const settings = (): EnergeticAIEmbeddingOptions => ({
  retry: false,
  metadata: { maxBatchSize: 2 },
});
const asked = () => {
  const { dimensions: _, kind: _kind, ...options } = embeddingParts()[2];
  return { ...options, timeoutMs: 5_000, deadlineMs: 6_000 };
};

fuzz('integrations/energetic-ai', [
  call(
    'EnergeticAIEmbedding.embedTexts',
    () => [settings(), ['a', 'b'], asked()] as [EnergeticAIEmbeddingOptions, string[], object],
    (options, texts, given) => new EnergeticAIEmbedding(options).embedTexts(texts, given),
  ),
  call(
    'EnergeticAIEmbedding.embedQuery',
    () => ['a', asked()] as [string, object],
    (text, given) => new EnergeticAIEmbedding().embedQuery(text, given),
  ),
]);
