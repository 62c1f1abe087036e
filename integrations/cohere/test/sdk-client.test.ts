import { llmConformance, cohereChat, runTests } from '@mortise/conformance';
import { CohereLLM } from '@mortise/cohere';
import { CohereClientV2 } from 'cohere-ai';
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
  const given = { model: 'command-test' };
  const { results } = await runTests(
    (test) => [
      llmConformance(test, {
        create: ({ url, settings: { headers, ...settings } }) => {
          const client = new CohereClientV2({
            token: 'co-conformance',
            environment: url,
            headers: headers ?? {},
            maxRetries: 0,
          });
          return new CohereLLM({ ...given, ...settings, client });
        },
        dialect: cohereChat,
        declares: new CohereLLM(given).metadata.capabilities,
      }),
    ],
    { cases: CASES },
  );
  const told = results[0]!.cases.filter(({ id }) => CASES.includes(id));
  expect(told.map(({ id, status, error }) => [id, status, error])).toEqual(
    expect.arrayContaining(CASES.map((id) => [id, 'passed', undefined])),
  );
});
