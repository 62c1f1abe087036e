import { embeddingConformance, type EmbeddingDialect, type WireRequest } from '@mortise/conformance';
import type { JsonObject } from '@mortise/core';
import { describe, expect, it } from 'vitest';
import { AcmeEmbedding } from '@mortise/acme';

/**
 * REPLACE: Acme's wire, as its documentation has it, and independent of `src`: the suite asks through it and answers
 * through it. Change it first; the cases that turn red say what is left to do.
 */
const acmeEmbed: EmbeddingDialect = {
  name: 'acme-embed',
  // What the wire has no way to say, and why.
  without: {},
  model: (request) => sent(request)['model'],
  inputs: (request) => sent(request)['texts'] as string[],
  encoding: () => 'float',
  kind: (request) => sent(request)['purpose'] as 'query' | 'document',
  body: (rows, { inputTokens }) => ({
    vectors: rows.map(({ index, vector }) => ({ index, vector: [...vector] })),
    ...(inputTokens === undefined ? {} : { usage: { input: inputTokens } }),
  }),
  requestId: 'x-request-id',
  failure: ({ kind, message }) => ({ body: { error: { message, code: kind ?? 'refused' } }, headers: {} }),
};

const sent = ({ body }: Pick<WireRequest, 'body'>): JsonObject => body as JsonObject;

// REPLACE: the name of a model, here and in `src`.
const model = { model: 'acme-embed-1', apiKey: 'key-of-a-test' };

embeddingConformance(
  { describe, it },
  {
    create: ({ url, settings }) => new AcmeEmbedding({ ...model, ...settings, baseURL: url }),
    dialect: acmeEmbed,
    declares: new AcmeEmbedding(model).metadata,
    // REPLACE: for what is not declared, why. Declare it instead where the API has it.
    reasons: { dimensions: "Acme's vectors cannot be shortened." },
  },
);

it('M-01: sends exactly this', async () => {
  const bodies: unknown[] = [];
  const fetch: typeof globalThis.fetch = async (_url, init) => {
    bodies.push(JSON.parse(init?.body as string));
    return Response.json({ vectors: [{ index: 0, vector: [1, 0] }] });
  };
  const embedding = new AcmeEmbedding({ ...model, fetch });
  await embedding.embedText('one', { providerOptions: { acme: { priority: 1 } } });
  // REPLACE: what the API is sent; and above, what it answers.
  expect(bodies).toEqual([{ model: 'acme-embed-1', texts: ['one'], purpose: 'document', priority: 1 }]);
});

it('declares what the documentation says', () => {
  // REPLACE: what it says.
  const documented = { maxBatchSize: 96, asymmetric: true, acceptsDimensions: false };
  expect(new AcmeEmbedding(model).metadata).toEqual(documented);
});
