import { embeddingConformance, openAIEmbeddings } from '@mortise/conformance';
import { describe, expect, it } from 'vitest';
import { AcmeEmbedding } from '@mortise/acme';

const model = { model: 'acme-embed-1', apiKey: 'key-of-a-test' };

embeddingConformance(
  { describe, it },
  {
    name: 'acme-embed',
    create: ({ url, settings }) => new AcmeEmbedding({ ...model, ...settings, baseURL: url }),
    // REPLACE: what the API says otherwise than OpenAI's: `{ ...openAIEmbeddings, kind: ... }`.
    dialect: openAIEmbeddings,
    declares: new AcmeEmbedding(model).metadata,
    // REPLACE: for what is not declared, why. Declare it instead where the API has it.
    reasons: { asymmetric: 'Acme embeds queries and documents alike.' },
  },
);

it('M-01: sends exactly this', async () => {
  const bodies: unknown[] = [];
  const fetch: typeof globalThis.fetch = async (_url, init) => {
    bodies.push(JSON.parse(init?.body as string));
    return Response.json({ data: [{ index: 0, embedding: [1, 0] }] });
  };
  const embedding = new AcmeEmbedding({ ...model, fetch });
  await embedding.embedText('one', { providerOptions: { acme: { priority: 1 } } });
  expect(bodies).toEqual([{ model: 'acme-embed-1', input: ['one'], encoding_format: 'base64', priority: 1 }]);
});

it('declares what the documentation says', () => {
  // REPLACE: what it says.
  expect(new AcmeEmbedding(model).metadata).toEqual({ maxBatchSize: 96, asymmetric: false });
});
