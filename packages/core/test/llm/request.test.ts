import { describe, expect, it } from 'vitest';
import { ScriptedLLM } from '@mortise/core/testing';
import { messagesToPrompt, type ChatInput, type ChatOptions, type LLMCapabilities } from '@mortise/core';

const parameters = { type: 'object', properties: {} };
const tool = { name: 'search', parameters };

async function refusal(input: ChatInput, options: ChatOptions = {}, capabilities: LLMCapabilities = {}) {
  const llm = new ScriptedLLM({ replies: () => 'ok', metadata: { isChatModel: true, capabilities } });
  const errors = await Promise.all([
    llm.chat(input, options).then(
      () => undefined,
      (error: unknown) => error,
    ),
    llm
      .streamChat(input, options)
      .final()
      .then(
        () => undefined,
        (error: unknown) => error,
      ),
  ]);
  return { errors, sent: llm.requests.length };
}

describe('a request', () => {
  it.each<[string, ChatInput, ChatOptions]>([
    ['no messages', [], {}],
    ['an unknown role', [{ role: 'robot' as 'user', content: 'x' }], {}],
    ['content that is no content', [{ role: 'user', content: 7 as unknown as string }], {}],
    ['a block without type', [{ role: 'user', content: [{} as never] }], {}],
    ['a negative temperature', 'x', { temperature: -1 }],
    ['a topP of 0', 'x', { topP: 0 }],
    ['half a token', 'x', { maxOutputTokens: 0.5 }],
    ['an empty stop', 'x', { stop: [''] }],
    ['a fractional seed', 'x', { seed: 1.5 }],
    ['a bad tool name', 'x', { tools: [{ ...tool, name: 'a b' }] }],
    ['two tools of one name', 'x', { tools: [tool, tool] }],
    ['a choice of a tool that is not there', 'x', { tools: [tool], toolChoice: { tool: 'other' } }],
    ['a required choice without tools', 'x', { toolChoice: 'required' }],
  ])('with %s is invalid-request before anything is sent', async (_what, input, options) => {
    const { errors, sent } = await refusal(input, options);
    expect(errors).toEqual([
      expect.objectContaining({ code: 'invalid-request' }),
      expect.objectContaining({ code: 'invalid-request' }),
    ]);
    expect(sent).toBe(0);
  });

  it.each<[string, ChatInput, ChatOptions, LLMCapabilities]>([
    ['tools', 'x', { tools: [tool] }, { tools: false }],
    ['toolChoice', 'x', { tools: [tool], toolChoice: 'required' }, { toolChoice: false }],
    ['responseFormat', 'x', { responseFormat: { type: 'json' } }, { structuredOutput: 'prompt' }],
    ['stop', 'x', { stop: ['END'] }, { stop: false }],
    [
      'an image',
      [{ role: 'user', content: [{ type: 'image', source: { url: 'https://x' } }] }],
      {},
      { inputModalities: ['text'] },
    ],
  ])(
    'C-08: for %s that the model lacks is unsupported before anything is sent',
    async (_what, input, options, capabilities) => {
      const { errors, sent } = await refusal(input, options, capabilities);
      expect(errors).toEqual([
        expect.objectContaining({ code: 'unsupported' }),
        expect.objectContaining({ code: 'unsupported' }),
      ]);
      expect(sent).toBe(0);
    },
  );

  it('C-08: an unknown capability is let through', async () => {
    const { errors, sent } = await refusal('x', { tools: [tool], stop: ['END'] }, {});
    expect([errors, sent]).toEqual([[undefined, undefined], 2]);
  });

  it('C-05: does not change what it was given', async () => {
    const input: ChatInput = Object.freeze([
      Object.freeze({
        role: 'user' as const,
        content: Object.freeze([{ type: 'text' as const, text: 'x' }]),
      }),
    ]);
    const options = Object.freeze({
      stop: Object.freeze(['END']),
      tools: Object.freeze([Object.freeze(tool)]),
    });
    const before = JSON.stringify([input, options]);
    const response = await new ScriptedLLM({ replies: () => 'ok' }).chat(input, options);
    expect(JSON.stringify([input, options])).toBe(before);
    expect(JSON.parse(JSON.stringify(response))).toEqual(response);
  });

  it('L-08: chat becomes a prompt', () => {
    const messages = [
      { role: 'system' as const, content: 'Be brief.' },
      { role: 'user' as const, content: 'Hi\nthere' },
      { role: 'assistant' as const, content: [{ type: 'text' as const, text: 'Yes?' }] },
    ];
    expect(messagesToPrompt(messages)).toBe(
      'system: Be brief.\nuser: Hi\nthere\nassistant: Yes?\nassistant: ',
    );
  });
});

it('C-08: an empty list of tools or stops is none', async () => {
  const llm = new ScriptedLLM({
    replies: () => 'ok',
    metadata: { capabilities: { stop: false, tools: false } },
  });
  await llm.chat('hi', { tools: [], stop: [] });
  expect([llm.requests[0]?.tools, llm.requests[0]?.stop]).toEqual([undefined, undefined]);
});
