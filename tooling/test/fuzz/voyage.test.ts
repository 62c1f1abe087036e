import { VoyageEmbedding, VoyageReranker } from '@mortise/voyage';
import { fuzz } from './fuzz.ts';
import { jsonTargets } from './models.ts';

const embedding = (options: ConstructorParameters<typeof VoyageEmbedding>[0], texts: any, asked: any) =>
  new VoyageEmbedding(options).embedTexts(texts, asked);

fuzz('integrations/voyage', [
  ...jsonTargets(
    'VoyageEmbedding.embedTexts',
    embedding,
    () => [['a', 'b'], {}],
    () => ({ baseURL: 'http://localhost:9', dimensions: 2 }),
    () => ({
      data: [
        { index: 1, embedding: [1, 0] },
        { index: 0, embedding: [0, 1] },
      ],
      model: 'm',
      usage: { total_tokens: 2 },
    }),
  ),
  ...jsonTargets(
    'VoyageEmbedding.embedTexts, with images and as bits',
    embedding,
    () => [
      [
        'a',
        [
          { type: 'text', text: 'b' },
          { type: 'image', source: { data: 'AAAA', mediaType: 'image/png' } },
        ],
      ],
      {},
    ],
    () => ({
      baseURL: 'http://localhost:9',
      outputDtype: 'binary',
      metadata: { inputModalities: ['text', 'image'] },
    }),
    () => ({
      data: [
        { index: 0, embedding: [-128] },
        { index: 1, embedding: [127] },
      ],
      usage: { total_tokens: 2 },
    }),
  ),
  ...jsonTargets(
    'VoyageReranker.rerank',
    (options: ConstructorParameters<typeof VoyageReranker>[0], query, documents, asked) =>
      new VoyageReranker(options).rerank(query, documents, asked),
    () => ['q', ['a', 'b'], { topN: 2 }],
    () => ({ baseURL: 'http://localhost:9' }),
    () => ({
      data: [
        { index: 1, relevance_score: 0.9 },
        { index: 0, relevance_score: 0.1 },
      ],
      usage: { total_tokens: 2 },
    }),
  ),
]);
