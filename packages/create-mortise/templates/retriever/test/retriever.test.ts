import { retrieverConformance } from '@mortise/conformance';
import type { IndexNode, Node } from '@mortise/core/retriever';
import { describe, expect, it } from 'vitest';
import { AcmeRetriever } from '@mortise/acme';

/**
 * REPLACE: Acme's answer for a node that it finds, as its documentation has it, and independent of `src`. Change it
 * first; the cases that turn red say what is left to do.
 */
const toHit = ({ id, text, metadata, relationships, ...node }: Node, score: number): object => ({
  id,
  text,
  score,
  fields: metadata,
  source: relationships?.source?.id,
  leads_to: (node as Partial<IndexNode>).indexId,
});

const collection = { collection: 'notes', apiKey: 'key-of-a-test' };

/** What Acme finds, at its address, and what it was asked. */
function search(nodes: readonly Node[], sent: unknown[] = []): typeof globalThis.fetch {
  return async (_url, init) => {
    const body = JSON.parse(init?.body as string) as { limit: number };
    sent.push(body);
    return Response.json({ hits: nodes.slice(0, body.limit).map((node, at) => toHit(node, 1 - at / 8)) });
  };
}

retrieverConformance(
  { describe, it },
  {
    name: 'acme',
    create: ({ nodes, objects }) => new AcmeRetriever({ ...collection, objects, fetch: search(nodes) }),
    declares: ['recursion', 'spans'],
    // REPLACE: for what is not declared, why. Declare filters where the API has them.
    reasons: {
      filters: "Acme's search takes none.",
      nesting: 'It asks no other retriever.',
      scores: 'It asks no other retriever, and gives scores of its own.',
    },
  },
);

it('R-04: sends exactly this', async () => {
  const sent: unknown[] = [];
  const retriever = new AcmeRetriever({ ...collection, fetch: search([], sent) });
  await retriever.retrieve('Why are there tides?');
  await retriever.retrieve('And ebb?', { topK: 3 });
  // REPLACE: what the API is sent.
  expect(sent).toEqual([
    { collection: 'notes', query: 'Why are there tides?', limit: 10 },
    { collection: 'notes', query: 'And ebb?', limit: 3 },
  ]);
});

const answers = (reply: object, status = 200) =>
  new AcmeRetriever({ ...collection, fetch: async () => Response.json(reply, { status }) }).retrieve('q');

it('R-02: hands on the scores of the API, 0 included', async () => {
  // REPLACE: what the API answers.
  const hits = [{ id: 'a', text: 'Tides follow the moon.', score: 0 }];
  expect(await answers({ hits })).toMatchObject([{ node: { id: 'a', metadata: {} }, score: 0 }]);
});

it.each([
  ['no hits', {}],
  ['a hit without a score', { hits: [{ id: 'a', text: 'x' }] }],
])('refuses a reply with %s', async (_, reply) => {
  await expect(answers(reply)).rejects.toMatchObject({ code: 'malformed-response' });
});

it('E-04: maps what the API says when it refuses, without the key', async () => {
  const refused = answers({ error: { message: 'key-of-a-test is unknown' } }, 401);
  await expect(refused).rejects.toMatchObject({ code: 'authentication', provider: 'acme' });
  await expect(refused).rejects.not.toThrow('key-of-a-test');
});
