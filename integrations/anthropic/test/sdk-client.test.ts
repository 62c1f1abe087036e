import { llmConformance, anthropicMessages, runTests } from '@mortise/conformance';
import { AnthropicLLM } from '@mortise/anthropic';
import Anthropic from '@anthropic-ai/sdk';
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
  const given = { model: 'claude-test' };
  const { results } = await runTests(
    (test) => [
      llmConformance(test, {
        create: ({ url, settings: { headers, ...settings } }) => {
          const client = new Anthropic({
            apiKey: 'sk-ant-conformance',
            baseURL: url,
            defaultHeaders: headers,
            maxRetries: 0,
            logLevel: 'off',
          });
          return new AnthropicLLM({ ...given, ...settings, client });
        },
        dialect: anthropicMessages,
        declares: new AnthropicLLM(given).metadata.capabilities,
        reasons: { seed: "Anthropic's API has no seed." },
      }),
    ],
    { cases: CASES },
  );
  const told = results[0]!.cases.filter(({ id }) => CASES.includes(id));
  expect(told.map(({ id, status, error }) => [id, status, error])).toEqual(
    expect.arrayContaining(CASES.map((id) => [id, 'passed', undefined])),
  );
});
