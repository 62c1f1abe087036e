import { expect, it } from 'vitest';
import { withFallback } from '@mortise/toolkit';
import { ScriptedLLM } from '@mortise/core/testing';
import { MistralLLM } from '@mortise/mistral';

it('C-07: takes options for the models it may be swapped for, and checks its own', async () => {
  const bodies: string[] = [];
  const fetch = (_input: unknown, init?: RequestInit): Promise<Response> => {
    bodies.push(init?.body as string);
    return Promise.resolve(Response.json({}, { status: 400 }));
  };
  const model = new MistralLLM({ model: 'm', apiKey: 'none-at-all', fetch, retry: false });
  const llm = withFallback(model, [new ScriptedLLM({ replies: () => 'other' })], { when: () => true });
  const providerOptions = { mistral: { safe_prompt: true }, openai: { verbosity: 'low' } };
  expect((await llm.chat('hi', { providerOptions })).text).toBe('other');
  await llm.chat('hi', {
    providerOptions: { mistral: { safe_prompt: true }, openai: { verbosity: 'low' } },
  });
  await llm.chat('hi', { providerOptions: { mistral: undefined } });
  // @ts-expect-error: of the wrong type, which the provider may refuse.
  await llm.chat('hi', { providerOptions: { mistral: { safe_prompt: 1 } } });
  const [first = '', , third = ''] = bodies;
  expect(JSON.parse(first)).toMatchObject({ safe_prompt: true });
  expect(first + third).not.toContain('verbosity');
});
