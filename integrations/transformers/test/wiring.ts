import {
  embeddingConformance,
  rerankerConformance,
  type ConformanceResults,
  type TestFunctions,
} from '@mortise/conformance';
import { TransformersEmbedding, TransformersReranker } from '@mortise/transformers';
import { SIZE, tinyModels } from './tiny-model.ts';

/** Real networks, run by the native ONNX Runtime: small ones, whose folders live as long as the process. */
const models = tinyModels();
process.once('exit', () => models[Symbol.dispose]());

const embedding = {
  model: models.embedding,
  dtype: 'fp32',
  queryPrefix: 'query: ',
  documentPrefix: 'passage: ',
  dimensions: SIZE,
};
const reranker = { model: models.reranker, dtype: 'fp32' };

export function wire(functions: TestFunctions): ConformanceResults[] {
  return [
    embeddingConformance(functions, {
      name: 'transformers',
      create: ({ settings }) => new TransformersEmbedding({ ...embedding, ...settings }),
      declares: new TransformersEmbedding(embedding).metadata,
    }),
    rerankerConformance(functions, {
      name: 'transformers',
      create: ({ settings }) => new TransformersReranker({ ...reranker, ...settings }),
      declares: new TransformersReranker(reranker).metadata,
      reasons: { maxDocuments: 'It reads as many documents as it is given, a few at a time.' },
    }),
  ];
}
