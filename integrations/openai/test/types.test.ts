import { expect, it } from 'vitest';
import { withFallback } from '@mortise/toolkit';
import { ScriptedLLM } from '@mortise/core/testing';
import { OpenAILLM } from '@mortise/openai';

it('C-07: takes options for the models it may be swapped for, and checks its own', async () => {
  const bodies: string[] = [];
  const fetch = (_input: unknown, init?: RequestInit): Promise<Response> => {
    bodies.push(init?.body as string);
    return Promise.resolve(Response.json({}, { status: 400 }));
  };
  const model = new OpenAILLM({ model: 'm', apiKey: 'none-at-all', fetch, retry: false });
  const llm = withFallback(model, [new ScriptedLLM({ replies: () => 'other' })], { when: () => true });
  const providerOptions = { openai: { store: false }, anthropic: { verbosity: 'low' } };
  expect((await llm.chat('hi', { providerOptions })).text).toBe('other');
  await llm.chat('hi', { providerOptions: { openai: { store: false }, anthropic: { verbosity: 'low' } } });
  await llm.chat('hi', { providerOptions: { openai: undefined } });
  // @ts-expect-error: of the wrong type, which the provider may refuse.
  await llm.chat('hi', { providerOptions: { openai: { store: 'no' } } });
  const [first = '', , third = ''] = bodies;
  expect(JSON.parse(first)).toMatchObject({ store: false });
  expect(first + third).not.toContain('verbosity');
});
