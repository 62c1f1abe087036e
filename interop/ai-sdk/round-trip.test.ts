import { createCohere } from '@ai-sdk/cohere';
import { createOpenAI } from '@ai-sdk/openai';
import { fetchForAISDK, fromAISDK, toAISDK } from '@mortise/ai-sdk';
import { CohereReranker } from '@mortise/cohere';
import {
  cohereRerank,
  embeddingConformance,
  llmConformance,
  openAIEmbeddings,
  openAIResponses,
  rerankerConformance,
} from '@mortise/conformance';
import { OpenAIEmbedding } from '@mortise/openai';
import { except } from './except.ts';
import { leftOfEmbeddings, leftOfRerankers, leftOfRoundTrips } from './left.ts';
import { KEY } from './providers.ts';
import { roundTrips } from './round-trip.ts';

const nowhere = { url: 'http://127.0.0.1:1', settings: {} };

for (const { name, create } of roundTrips) {
  llmConformance(except(leftOfRoundTrips), {
    create,
    dialect: openAIResponses,
    declares: create(nowhere).metadata.capabilities,
    reasons: { stop: 'The Responses API has no stop sequences.', seed: 'The Responses API has no seed.' },
    name,
  });
}

const embedding = { model: 'embedding-test', apiKey: KEY };

embeddingConformance(except(leftOfEmbeddings.openai), {
  create: ({ url, settings: { headers, ...settings } }) =>
    fromAISDK(
      createOpenAI({ apiKey: KEY, baseURL: url, headers: { ...headers }, fetch: fetchForAISDK() }).embedding(
        'embedding-test',
      ),
      settings,
    ),
  dialect: openAIEmbeddings,
  declares: fromAISDK(createOpenAI({ apiKey: KEY }).embedding('embedding-test')).metadata,
  reasons: { asymmetric: 'OpenAI embeds queries and documents alike.' },
  name: '@ai-sdk/openai, embeddings',
});

for (const specificationVersion of ['v4', 'v2'] as const)
  embeddingConformance(except(leftOfEmbeddings.roundTrip), {
    create: ({ url, settings }) =>
      fromAISDK(
        toAISDK(new OpenAIEmbedding({ ...embedding, ...settings, retry: false, baseURL: url }), {
          retries: 'ai-sdk',
          specificationVersion,
        }),
        { ...settings, metadata: new OpenAIEmbedding(embedding).metadata },
      ),
    dialect: openAIEmbeddings,
    declares: new OpenAIEmbedding(embedding).metadata,
    reasons: { asymmetric: 'OpenAI embeds queries and documents alike.' },
    name: `OpenAIEmbedding through ${specificationVersion.toUpperCase()} and back`,
  });

const reranker = { model: 'rerank-test', apiKey: KEY };

rerankerConformance(except(leftOfRerankers.cohere), {
  create: ({ url, settings: { headers, ...settings } }) =>
    fromAISDK(
      createCohere({
        apiKey: KEY,
        baseURL: `${url}/v2`,
        headers: { ...headers },
        fetch: fetchForAISDK(),
      }).reranking('rerank-test'),
      settings,
    ),
  dialect: cohereRerank,
  declares: fromAISDK(createCohere({ apiKey: KEY }).reranking('rerank-test')).metadata,
  reasons: { maxDocuments: 'Theirs does not say.', comparableScores: 'Theirs does not say.' },
  name: '@ai-sdk/cohere, reranking',
});

rerankerConformance(except(leftOfRerankers.roundTrip), {
  create: ({ url, settings }) =>
    fromAISDK(
      toAISDK(new CohereReranker({ ...reranker, ...settings, retry: false, baseURL: url }), {
        retries: 'ai-sdk',
      }),
      { ...settings, metadata: new CohereReranker(reranker).metadata },
    ),
  dialect: cohereRerank,
  declares: new CohereReranker(reranker).metadata,
  name: 'CohereReranker through V4 and back',
});
