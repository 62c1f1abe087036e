import { llmConformance, googleGenerateContent, runTests } from '@mortise/conformance';
import { GoogleLLM } from '@mortise/google';
import { GoogleGenAI } from '@google/genai';
import { expect, it } from 'vitest';

/** What a client of the application's may do otherwise than ours, whose key we are not told. */
const CASES = [
  'reply.text',
  'status.400',
  'fault.reset.always',
  'secrets.headers',
  'secrets.url',
  'secrets.events',
  'secrets.reply',
  'secrets.stream.first',
];

it('C-10: a client of the SDK’s passes what ours does, and its key does not show either', async () => {
  const given = { model: 'gemini-test' };
  const { results } = await runTests(
    (test) => [
      llmConformance(test, {
        create: ({ url, settings: { headers, ...settings } }) => {
          const client = new GoogleGenAI({
            apiKey: 'google-conformance',
            httpOptions: { baseUrl: url, ...(headers && { headers }) },
          });
          return new GoogleLLM({ ...given, ...settings, client });
        },
        dialect: googleGenerateContent,
        declares: new GoogleLLM(given).metadata.capabilities,
        reasons: { caching: 'Gemini caches by itself, or by the name of a cache that was made before.' },
      }),
    ],
    { cases: CASES },
  );
  const told = results[0]!.cases.filter(({ id }) => CASES.includes(id));
  expect(told.map(({ id, status, error }) => [id, status, error])).toEqual(
    expect.arrayContaining(CASES.map((id) => [id, 'passed', undefined])),
  );
});
