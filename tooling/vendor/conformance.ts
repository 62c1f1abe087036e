import { describe, it } from 'node:test';
import { embeddingConformance, openAIEmbeddings, parserConformance } from '@mortise/conformance';
import { AcmeEmbedding } from './embedding.ts';
import { AcmeScoreParser } from './parser.ts';

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

parserConformance(
  { describe, it },
  {
    name: 'acme-score',
    create: () => new AcmeScoreParser(),
    samples: [
      { text: 'It is fine.\nScore: 7/10\n', value: 7 },
      { text: 'Score: 10/10', value: 10 },
    ],
    invalid: [
      { text: 'Seven of ten.', code: 'parse', position: 0 },
      { text: 'Hm.\nScore: 11/10', code: 'validation', position: 4 },
    ],
    declares: ['stream', 'failure', 'place', 'instructions'],
    reasons: {
      snapshots: 'A score is whole at its end.',
      long: 'It is one number.',
      json: 'It reads no JSON.',
      schema: 'It takes no schema.',
    },
  },
);
