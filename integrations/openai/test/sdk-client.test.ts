import { llmConformance, openAIChatCompletions, openAIResponses, runTests } from '@mortise/conformance';
import { OpenAILLM } from '@mortise/openai';
import OpenAI from 'openai';
import { expect, it } from 'vitest';

/** What a client of the application's may do otherwise than ours: it sends, is refused, is cut, and is left. */
const CASES = [
  'request.messages',
  'reply.text',
  'reply.parallel',
  'wire.bytes',
  'wire.gzip',
  'status.400',
  'status.429',
  'status.500',
  'fault.reset.always',
  'secrets.headers',
  'secrets.url',
  'secrets.events',
  'secrets.reply',
  'secrets.stream.first',
  'leave.sockets',
  'abort.listeners',
];

it.each([
  { api: 'responses' as const, dialect: openAIResponses },
  { api: 'chat-completions' as const, dialect: openAIChatCompletions },
])('C-10: a client of the SDK’s passes what ours does, over $api', async ({ api, dialect }) => {
  const given = { model: 'gpt-test', api };
  const { results } = await runTests(
    (test) => [
      llmConformance(test, {
        create: ({ url, settings: { headers, ...settings } }) =>
          new OpenAILLM({
            ...given,
            ...settings,
            client: new OpenAI({
              apiKey: 'sk-conformance',
              baseURL: url,
              maxRetries: 0,
              logLevel: 'off',
              defaultHeaders: headers,
            }),
          }),
        dialect,
        declares: new OpenAILLM(given).metadata.capabilities,
        reasons: { stop: 'Not over every API.', seed: 'Not over every API.' },
      }),
    ],
    { cases: CASES },
  );
  const told = results[0]!.cases.filter(({ id }) => CASES.includes(id));
  expect(told.map(({ id, status, error }) => [id, status, error])).toEqual(
    expect.arrayContaining(CASES.map((id) => [id, 'passed', undefined])),
  );
});
