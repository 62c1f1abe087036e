import { rerankerConformance, type RerankDialect } from '@mortise/conformance';
import { describe, it } from 'vitest';
import { FrozenV2Reranker } from '../src/v2-reranker.ts';

interface Sent {
  readonly query: string;
  readonly texts: string[];
  readonly best?: number;
}

/** The wire of Frozen's second API, as its documentation has it. */
const frozenRank: RerankDialect = {
  name: 'frozen-v2-rank',
  without: {},
  query: ({ body }) => (body as Sent).query,
  documents: ({ body }) => (body as Sent).texts,
  topN: ({ body }) => (body as Sent).best,
  body: (results) => ({ order: results.map(({ index, score }) => ({ at: index, weight: score })) }),
  failure: ({ kind, message }) => ({ body: { error: { message, code: kind ?? 'refused' } }, headers: {} }),
};

const model = { model: 'frozen-rank-2', apiKey: 'key-of-a-test' };

rerankerConformance(
  { describe, it },
  {
    create: ({ url, settings }) => new FrozenV2Reranker({ ...model, ...settings, baseURL: url }),
    dialect: frozenRank,
    declares: new FrozenV2Reranker(model).metadata,
  },
);
