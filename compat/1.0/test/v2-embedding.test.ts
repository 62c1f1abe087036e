import { embeddingConformance, type EmbeddingDialect } from '@mortise/conformance';
import { describe, it } from 'vitest';
import { FrozenV2Embedding } from '../src/v2-embedding.ts';

interface Sent {
  readonly inputs: string[];
  readonly dimensions?: number;
}

/** The wire of Frozen's second API, as its documentation has it. */
const frozenEmbed: EmbeddingDialect = {
  name: 'frozen-v2-embed',
  without: {
    index: 'The rows stand in the order of the texts.',
    kind: 'A text is a text.',
  },
  inputs: ({ body }) => (body as Sent).inputs,
  encoding: () => 'base64',
  dimensions: ({ body }) => (body as Sent).dimensions,
  body: (rows, { encoding, inputTokens }) => ({
    rows: rows.map(({ vector }) => ({ bytes: encoding === 'base64' ? base64Of(vector) : [...vector] })),
    ...(inputTokens === undefined ? {} : { tokens: inputTokens }),
  }),
  failure: ({ kind, message }) => ({ body: { error: { message, code: kind ?? 'refused' } }, headers: {} }),
};

function base64Of(vector: readonly (number | null)[]): string {
  const floats = Float32Array.from(vector, (value) => value ?? Number.NaN);
  return Buffer.from(floats.buffer).toString('base64');
}

const model = { model: 'frozen-embed-2', apiKey: 'key-of-a-test' };

embeddingConformance(
  { describe, it },
  {
    create: ({ url, settings }) => new FrozenV2Embedding({ ...model, ...settings, baseURL: url }),
    dialect: frozenEmbed,
    declares: new FrozenV2Embedding(model).metadata,
    reasons: { asymmetric: 'It takes a query for a text like any other.' },
  },
);
