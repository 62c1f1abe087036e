import { expect, it } from 'vitest';
import { VoyageEmbedding } from '@mortise/voyage';

it('C-07: takes options for the models it may be swapped for, and checks its own', async () => {
  const bodies: string[] = [];
  const fetch = (_input: unknown, init?: RequestInit): Promise<Response> => {
    bodies.push(init?.body as string);
    return Promise.resolve(Response.json({ data: [{ index: 0, embedding: [1] }] }));
  };
  const model = new VoyageEmbedding({ model: 'm', apiKey: 'none-at-all', fetch, retry: false });
  await model.embedText('hi', { providerOptions: { voyage: { input_type: null }, openai: { user: 'u' } } });
  await model.embedText('hi', { providerOptions: { voyage: undefined } });
  // @ts-expect-error: of the wrong type, which the provider may refuse.
  await model.embedText('hi', { providerOptions: { voyage: { input_type: 1 } } });
  expect(bodies.map((body) => (JSON.parse(body) as { input_type?: unknown }).input_type)).toEqual([
    undefined,
    'document',
    1,
  ]);
  expect(bodies.join('')).not.toContain('user');
});
