import { llmConformance, mistralChat, runTests } from '@mortise/conformance';
import { MistralLLM } from '@mortise/mistral';
import { Mistral } from '@mistralai/mistralai';
import { expect, it } from 'vitest';

/** What a client of the application's may do otherwise than ours, whose key we are not told. */
const CASES = [
  'reply.text',
  'status.400',
  'fault.reset.always',
  'secrets.url',
  'secrets.events',
  'secrets.reply',
  'secrets.stream.first',
];

it('C-10: a client of the SDK’s passes what ours does, and its key does not show either', async () => {
  const given = { model: 'mistral-test' };
  const { results } = await runTests(
    (test) => [
      llmConformance(test, {
        create: ({ url, settings }) => {
          const client = new Mistral({ apiKey: 'mistral-conformance', serverURL: url });
          return new MistralLLM({ ...given, ...settings, client });
        },
        dialect: mistralChat,
        declares: new MistralLLM(given).metadata.capabilities,
        reasons: { caching: 'Mistral caches by itself, and shares a cache by prompt_cache_key.' },
      }),
    ],
    { cases: CASES },
  );
  const told = results[0]!.cases.filter(({ id }) => CASES.includes(id));
  expect(told.map(({ id, status, error }) => [id, status, error])).toEqual(
    expect.arrayContaining(CASES.map((id) => [id, 'passed', undefined])),
  );
});
