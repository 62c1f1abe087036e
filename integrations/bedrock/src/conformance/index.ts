import {
  bedrockCohereEmbeddings,
  bedrockConverse,
  bedrockRerank,
  bedrockTitanEmbeddings,
  embeddingConformance,
  llmConformance,
  rerankerConformance,
  type ConformanceResults,
  type TestFunctions,
} from '@mortise/conformance';
import { BedrockEmbedding, BedrockLLM, BedrockReranker } from '@mortise/bedrock';

const key = { apiKey: 'bedrock-conformance', region: 'us-east-1' };
const model = { model: 'us.anthropic.claude-test-v1:0', ...key };
const titan = { model: 'amazon.titan-embed-test-v2:0', ...key };
const cohere = { model: 'cohere.embed-test:0', ...key };
const reranker = { model: 'cohere.rerank-test:0', ...key };

/** Declares the suites that this package passes: `npx @mortise/conformance --package @mortise/bedrock` runs them. */
export default function conformance(test: TestFunctions): ConformanceResults[] {
  return [
    llmConformance(test, {
      create: ({ url, settings }) => new BedrockLLM({ ...model, ...settings, baseURL: url }),
      dialect: bedrockConverse,
      declares: new BedrockLLM(model).metadata.capabilities,
      reasons: { seed: 'Converse has no seed.' },
    }),
    ...[
      { options: titan, dialect: bedrockTitanEmbeddings },
      { options: cohere, dialect: bedrockCohereEmbeddings },
    ].map(({ options, dialect }) =>
      embeddingConformance(test, {
        create: ({ url, settings }) => new BedrockEmbedding({ ...options, ...settings, baseURL: url }),
        dialect,
        declares: new BedrockEmbedding(options).metadata,
        reasons: { asymmetric: 'Titan makes no difference between queries and documents.' },
      }),
    ),
    rerankerConformance(test, {
      create: ({ url, settings }) => new BedrockReranker({ ...reranker, ...settings, baseURL: url }),
      dialect: bedrockRerank,
      declares: new BedrockReranker(reranker).metadata,
    }),
  ];
}
