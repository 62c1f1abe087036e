import { expect, it } from 'vitest';
import { withFallback } from '@mortise/toolkit';
import { ScriptedLLM } from '@mortise/core/testing';
import { BedrockLLM, type BedrockClient } from '@mortise/bedrock';
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';

it('C-07: takes options for the models it may be swapped for, and checks its own', async () => {
  const bodies: string[] = [];
  const fetch = (_input: unknown, init?: RequestInit): Promise<Response> => {
    bodies.push(init?.body as string);
    return Promise.resolve(Response.json({}, { status: 400 }));
  };
  const model = new BedrockLLM({
    model: 'm',
    region: 'us-east-1',
    apiKey: 'none-at-all',
    fetch,
    retry: false,
  });
  const llm = withFallback(model, [new ScriptedLLM({ replies: () => 'other' })], { when: () => true });
  const serviceTier = { type: 'flex' };
  const providerOptions = { bedrock: { serviceTier }, openai: { verbosity: 'low' } };
  expect((await llm.chat('hi', { providerOptions })).text).toBe('other');
  await llm.chat('hi', { providerOptions: { bedrock: undefined } });
  // @ts-expect-error: of the wrong type, which the provider may refuse.
  await llm.chat('hi', { providerOptions: { bedrock: { serviceTier: 1 } } });
  const [first = '', , third = ''] = bodies;
  expect(JSON.parse(first)).toMatchObject({ serviceTier });
  expect(first + third).not.toContain('verbosity');
});

it('C-10: takes the client of the SDK by the slice that it uses', () => {
  const client: BedrockClient = new BedrockRuntimeClient({ region: 'us-east-1', token: { token: 'k' } });
  expect(new BedrockLLM({ model: 'm', client }).provider).toBe('bedrock');
});
