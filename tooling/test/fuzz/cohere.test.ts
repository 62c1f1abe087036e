import { CohereEmbedding, CohereLLM, CohereReranker } from '@mortise/cohere';
import { fuzz } from './fuzz.ts';
import { jsonTargets, llmTargets } from './models.ts';

const usage = {
  tokens: { input_tokens: 3, output_tokens: 2 },
  billed_units: { input_tokens: 3, output_tokens: 2 },
};
const call = { id: 'c', type: 'function', function: { name: 'find', arguments: '{"q":1}' } };

fuzz('integrations/cohere', [
  ...llmTargets(
    'CohereLLM',
    (options: ConstructorParameters<typeof CohereLLM>[0]) => new CohereLLM(options),
    () => ({ baseURL: 'http://localhost:9' }),
    () => ({
      id: 'r',
      finish_reason: 'COMPLETE',
      message: {
        role: 'assistant',
        content: [{ type: 'text', text: 'yes' }],
        tool_calls: [call],
        citations: [{ start: 0, end: 1, text: 'y', sources: [{ type: 'document', id: 'd' }] }],
      },
      usage,
    }),
    () => [
      { type: 'message-start', id: 'r', delta: { message: { role: 'assistant' } } },
      { type: 'content-start', index: 0, delta: { message: { content: { type: 'text', text: '' } } } },
      { type: 'content-delta', index: 0, delta: { message: { content: { text: 'yes' } } } },
      { type: 'content-end', index: 0 },
      { type: 'tool-call-start', index: 0, delta: { message: { tool_calls: call } } },
      { type: 'tool-call-end', index: 0 },
      { type: 'message-end', id: 'r', delta: { finish_reason: 'COMPLETE', usage } },
    ],
  ),
  ...jsonTargets(
    'CohereEmbedding.embedTexts',
    (options: ConstructorParameters<typeof CohereEmbedding>[0], texts, asked) =>
      new CohereEmbedding(options).embedTexts(texts, asked),
    () => [['a', 'b'], {}],
    () => ({ baseURL: 'http://localhost:9', encodingFormat: 'float', dimensions: 2 }),
    () => ({
      id: 'r',
      embeddings: {
        float: [
          [1, 0],
          [0, 1],
        ],
      },
      meta: { billed_units: { input_tokens: 2 } },
    }),
  ),
  ...jsonTargets(
    'CohereReranker.rerank',
    (options: ConstructorParameters<typeof CohereReranker>[0], query, documents, asked) =>
      new CohereReranker(options).rerank(query, documents, asked),
    () => ['q', ['a', 'b'], { topN: 2 }],
    () => ({ baseURL: 'http://localhost:9' }),
    () => ({
      id: 'r',
      results: [
        { index: 1, relevance_score: 0.9 },
        { index: 0, relevance_score: 0.1 },
      ],
      meta: { billed_units: { search_units: 1 } },
    }),
  ),
]);
