import { describe, it } from 'node:test';
import { embeddingConformance, openAIEmbeddings } from '@mortise/conformance';
import { AcmeEmbedding } from './embedding.ts';

const model = { model: 'acme-1', apiKey: 'test' };

embeddingConformance(
  { describe, it },
  {
    name: 'acme',
    create: ({ url, settings }) => new AcmeEmbedding({ ...model, ...settings, baseURL: url }),
    dialect: openAIEmbeddings,
    declares: new AcmeEmbedding(model).metadata,
    reasons: { asymmetric: 'Acme embeds queries and documents alike.' },
  },
);
