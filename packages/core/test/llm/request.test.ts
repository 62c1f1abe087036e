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
    ['nothing', null as never, {}],
    ['a number', 7 as never, {}],
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
    [
      'a choice of tools of which one is not there',
      'x',
      { tools: [tool], toolChoice: { tools: ['search', 'b'] } },
    ],
    ['a choice of no tools at all', 'x', { tools: [tool], toolChoice: { tools: [] } }],
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
    ['a tool choice of its own', 'x', { tools: [tool], toolChoice: { type: 'scripted:any' } }, {}],
    [
      'a response format of another',
      'x',
      { responseFormat: { type: 'v2:yaml' } },
      { ownSettings: ['scripted:enum'] },
    ],
    [
      'a subset that is forced',
      'x',
      { tools: [tool], toolChoice: { tools: ['search'], required: true } },
      { toolChoice: false },
    ],
    [
      'video',
      [{ role: 'user', content: [{ type: 'video', source: { url: 'https://x', mediaType: 'video/mp4' } }] }],
      {},
      { inputModalities: ['text', 'image'] },
    ],
    [
      'the name of a speaker, when strict',
      [{ role: 'user', name: 'Ada', content: 'x' }],
      { strict: true },
      {},
    ],
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

describe('a subset of the tools', () => {
  const tools = [tool, { name: 'open', parameters }, { name: 'close', parameters }];
  const asked = async (toolChoice: NonNullable<ChatOptions['toolChoice']>, capabilities: LLMCapabilities) => {
    const llm = new ScriptedLLM({ replies: () => 'ok', metadata: { capabilities } });
    await llm.chat('x', { tools, toolChoice });
    const { tools: sent, toolChoice: chosen } = llm.requests[0]!;
    return [sent?.map(({ name }) => name), chosen];
  };

  it('C-08: goes out alone where the wire cannot name it', async () => {
    expect(await asked({ tools: ['search', 'close'] }, {})).toEqual([['search', 'close'], undefined]);
    expect(await asked({ tools: ['open'], required: true }, {})).toEqual([['open'], 'required']);
    // Nothing is forced, so that nothing is asked of the model that it cannot do.
    expect(await asked({ tools: ['open'] }, { toolChoice: false })).toEqual([['open'], undefined]);
  });

  it('C-08: goes out by name, beside all tools, where the model declares it', async () => {
    const choice = { tools: ['search'], required: true };
    expect(await asked(choice, { allowedTools: true })).toEqual([['search', 'open', 'close'], choice]);
  });
});

it('C-06: a tool choice and a response format of its own reach the integration that lists them', async () => {
  const ownSettings = ['scripted:any', 'scripted:enum'];
  const llm = new ScriptedLLM({ replies: () => 'ok', metadata: { capabilities: { ownSettings } } });
  const toolChoice = { type: 'scripted:any', value: 2 } as const;
  const responseFormat = { type: 'scripted:enum', value: ['a', 'b'] } as const;
  await llm.chat('x', { tools: [tool], toolChoice, responseFormat });
  expect(llm.requests[0]).toMatchObject({ toolChoice, responseFormat });
});

it('C-08: names of speakers are left out with a warning, or sent where they are declared', async () => {
  const input = [{ role: 'user', name: 'Ada', content: 'x' }] as const;
  const silent = new ScriptedLLM({ replies: () => 'ok' });
  const { warnings } = await silent.chat(input);
  expect(silent.requests[0]?.messages).toEqual([{ role: 'user', content: 'x' }]);
  expect(warnings).toEqual([expect.objectContaining({ type: 'unsupported-setting', setting: 'name' })]);
  const told = new ScriptedLLM({ replies: () => 'ok', metadata: { capabilities: { names: true } } });
  expect((await told.chat(input)).warnings).toEqual([]);
  expect(told.requests[0]?.messages).toEqual(input);
});

it('C-08: an empty list of tools or stops is none', async () => {
  const llm = new ScriptedLLM({
    replies: () => 'ok',
    metadata: { capabilities: { stop: false, tools: false } },
  });
  await llm.chat('hi', { tools: [], stop: [] });
  expect([llm.requests[0]?.tools, llm.requests[0]?.stop]).toEqual([undefined, undefined]);
});
