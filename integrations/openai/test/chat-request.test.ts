import { isMortiseError } from '@mortise/core';
import type { ChatInput, ChatMessage, ContentBlock } from '@mortise/core/llm';
import { describe, expect, it } from 'vitest';
import { sent, type Options } from './sent.ts';

const user = (...content: ContentBlock[]): ChatMessage[] => [{ role: 'user', content }];
const parts = (...content: unknown[]) => ({ messages: [{ role: 'user', content }] });
const hello = { messages: [{ role: 'user', content: 'hello' }] };
const weather = {
  name: 'weather',
  description: 'Tells it',
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
};
const closed = {
  type: 'object',
  properties: { a: { type: 'string' } },
  required: ['a'],
  additionalProperties: false,
};

const bodies: [title: string, input: ChatInput, options: Options, body: Record<string, unknown>][] = [
  ['a string', 'hello', {}, hello],
  [
    'system and name',
    [
      { role: 'system', content: 'be kind' },
      { role: 'user', content: 'hi', name: 'ann' },
    ],
    {},
    {
      messages: [
        { role: 'system', content: 'be kind' },
        { role: 'user', content: 'hi', name: 'ann' },
      ],
    },
  ],
  ['one text block', user({ type: 'text', text: 'hello' }), {}, hello],
  [
    'several texts',
    user({ type: 'text', text: 'a' }, { type: 'text', text: 'b' }),
    {},
    parts({ type: 'text', text: 'a' }, { type: 'text', text: 'b' }),
  ],
  [
    'an image by URL',
    user({ type: 'image', source: { url: 'https://x.test/a.png' }, detail: 'low' }),
    {},
    parts({ type: 'image_url', image_url: { url: 'https://x.test/a.png', detail: 'low' } }),
  ],
  [
    'an image in bytes',
    user({ type: 'image', source: { data: new Uint8Array([1, 2, 3]), mediaType: 'image/png' } }),
    {},
    parts({ type: 'image_url', image_url: { url: 'data:image/png;base64,AQID' } }),
  ],
  [
    'a document in bytes',
    user({ type: 'document', title: 'report', source: { data: 'AQID', mediaType: 'application/pdf' } }),
    {},
    parts({ type: 'file', file: { filename: 'report.pdf', file_data: 'data:application/pdf;base64,AQID' } }),
  ],
  [
    'a document of text',
    user(
      { type: 'document', title: 'T', context: 'C', source: { text: 'body' } },
      { type: 'text', text: 'q' },
    ),
    {},
    parts({ type: 'text', text: 'T\n\nC\n\nbody' }, { type: 'text', text: 'q' }),
  ],
  [
    'audio',
    user({ type: 'audio', source: { data: 'AQID', mediaType: 'audio/mpeg' } }),
    {},
    parts({ type: 'input_audio', input_audio: { data: 'AQID', format: 'mp3' } }),
  ],
  [
    'a part of its own',
    user({ type: 'openai:file', item: { type: 'file', file: { file_id: 'file-1' } } }),
    {},
    parts({ type: 'file', file: { file_id: 'file-1' } }),
  ],
  [
    'what another provider made is left out',
    user({ type: 'text', text: 'hello' }, { type: 'other:thing', item: { type: 'x' } }),
    {},
    hello,
  ],
  [
    'a tool loop',
    [
      { role: 'user', content: 'q' },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Let me see.' },
          { type: 'tool-call', id: 'c1', name: 'weather', arguments: { city: 'Rome' } },
          {
            type: 'tool-call',
            id: 'c2',
            name: 'weather',
            arguments: {},
            invalid: true,
            argumentsText: '{"city":',
          },
        ],
      },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: 'c1', content: 'sunny' },
          {
            type: 'tool-result',
            toolCallId: 'c2',
            content: [{ type: 'text', text: 'not JSON' }],
            isError: true,
          },
        ],
      },
    ],
    {},
    {
      messages: [
        { role: 'user', content: 'q' },
        {
          role: 'assistant',
          content: 'Let me see.',
          tool_calls: [
            { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } },
            {
              id: 'c2',
              type: 'function',
              function: { name: 'weather', arguments: '{"INVALID_JSON":"{\\"city\\":"}' },
            },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'sunny' },
        { role: 'tool', tool_call_id: 'c2', content: 'not JSON' },
      ],
    },
  ],
  [
    'results beside text in a user message',
    user({ type: 'tool-result', toolCallId: 'c1', content: [] }, { type: 'text', text: 'go on' }),
    {},
    {
      messages: [
        { role: 'tool', tool_call_id: 'c1', content: '' },
        { role: 'user', content: 'go on' },
      ],
    },
  ],
  [
    'reasoning within a tool loop',
    [
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'hm', providerMetadata: { openai: { field: 'reasoning_content' } } },
          { type: 'tool-call', id: 'c1', name: 'weather', arguments: {} },
        ],
      },
      { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'c1', content: 'x' }] },
    ],
    {},
    {
      messages: [
        {
          role: 'assistant',
          content: null,
          reasoning_content: 'hm',
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'weather', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'x' },
      ],
    },
  ],
  [
    'reasoning elsewhere, and another provider’s, stays behind',
    [
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'hm', providerMetadata: { openai: { field: 'reasoning' } } },
          { type: 'reasoning', text: 'hm', signature: 'sig' },
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
      { role: 'user', content: 'go' },
    ],
    {},
    {
      messages: [
        { role: 'assistant', content: 'ab' },
        { role: 'user', content: 'go' },
      ],
    },
  ],
  [
    'a refusal, audio and a custom call go back',
    [
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'No.', providerMetadata: { openai: { refusal: true } } },
          { type: 'openai:audio', item: { id: 'audio_1', data: 'AQID' } },
          {
            type: 'openai:custom_tool_call',
            item: { id: 'c3', type: 'custom', custom: { name: 'sql', input: 'select 1' } },
          },
        ],
      },
    ],
    {},
    {
      messages: [
        {
          role: 'assistant',
          content: null,
          refusal: 'No.',
          audio: { id: 'audio_1' },
          tool_calls: [{ id: 'c3', type: 'custom', custom: { name: 'sql', input: 'select 1' } }],
        },
      ],
    },
  ],
  [
    'an empty answer',
    [
      { role: 'assistant', content: [] },
      { role: 'user', content: 'go' },
    ],
    {},
    {
      messages: [
        { role: 'assistant', content: '' },
        { role: 'user', content: 'go' },
      ],
    },
  ],
  [
    'tools',
    'hello',
    { tools: [weather, { name: 'now', parameters: closed, strict: true }] },
    {
      ...hello,
      tools: [
        { type: 'function', function: weather },
        { type: 'function', function: { name: 'now', parameters: closed, strict: true } },
      ],
    },
  ],
  [
    'toolChoice: a tool',
    'hello',
    { tools: [weather], toolChoice: { tool: 'weather' } },
    {
      ...hello,
      tools: [{ type: 'function', function: weather }],
      tool_choice: { type: 'function', function: { name: 'weather' } },
    },
  ],
  [
    'toolChoice: some of the tools, where they alone are sent',
    'hello',
    { tools: [weather, { name: 'now', parameters: closed }], toolChoice: { tools: ['now'] } },
    { ...hello, tools: [{ type: 'function', function: { name: 'now', parameters: closed } }] },
  ],
  [
    'toolChoice: a word',
    'hello',
    { tools: [weather], toolChoice: 'required' },
    {
      ...hello,
      tools: [{ type: 'function', function: weather }],
      tool_choice: 'required',
    },
  ],
  [
    'responseFormat: text',
    'hello',
    { responseFormat: { type: 'text' } },
    { ...hello, response_format: { type: 'text' } },
  ],
  [
    'responseFormat: any JSON',
    'hello',
    { responseFormat: { type: 'json' } },
    { ...hello, response_format: { type: 'json_object' } },
  ],
  [
    'responseFormat: a schema that strict mode takes',
    'hello',
    { responseFormat: { type: 'json', schema: closed, name: 'a', description: 'd' } },
    {
      ...hello,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'a', description: 'd', schema: closed, strict: true },
      },
    },
  ],
  [
    'responseFormat: a schema that it does not',
    'hello',
    { responseFormat: { type: 'json', schema: { type: 'object', properties: { a: {} } } } },
    {
      ...hello,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'response', schema: { type: 'object', properties: { a: {} } }, strict: false },
      },
    },
  ],
  [
    'every number',
    'hello',
    { temperature: 0, topP: 0.5, maxOutputTokens: 9, stop: ['END'], seed: 7, reasoning: { effort: 'low' } },
    {
      ...hello,
      temperature: 0,
      top_p: 0.5,
      max_completion_tokens: 9,
      stop: ['END'],
      seed: 7,
      reasoning_effort: 'low',
    },
  ],
  [
    'providerOptions come last, and only their own',
    'hello',
    {
      temperature: 1,
      providerOptions: {
        openai: { temperature: 0.3, user: 'u', logit_bias: { 50: 1 } },
        other: { x: 1 },
      },
    },
    { ...hello, temperature: 0.3, user: 'u', logit_bias: { 50: 1 } },
  ],
  [
    'a provider’s tool stands beside functions',
    'hello',
    {
      tools: [weather],
      providerOptions: { openai: { tools: [{ type: 'custom', custom: { name: 'sql' } }] } },
    },
    {
      ...hello,
      tools: [
        { type: 'function', function: weather },
        { type: 'custom', custom: { name: 'sql' } },
      ],
    },
  ],
];

describe('Chat Completions bodies', () => {
  it.each(bodies)('C-05: %s', async (_title, input, options, expected) => {
    const { body, warnings, path } = await sent('chat-completions', input, options);
    expect(body).toEqual({ model: 'gpt-test', ...expected });
    // What belongs to others stays behind, and is told of.
    expect(warnings.filter(({ setting }) => setting !== 'messages' && setting !== 'reasoning')).toEqual([]);
    expect(path).toBe('/v1/chat/completions');
  });

  it('puts maxOutputTokens where the server wants it', async () => {
    const { body } = await sent(
      'chat-completions',
      'hello',
      { maxOutputTokens: 5 },
      { maxTokensField: 'max_tokens' },
    );
    expect(body).toEqual({ model: 'gpt-test', ...hello, max_tokens: 5 });
  });

  it('sends cache points as breakpoints where the model is declared to take them', async () => {
    const content: ContentBlock[] = [
      { type: 'text', text: 'long' },
      { type: 'cache-point', ttl: '1h' },
      { type: 'text', text: 'q' },
    ];
    const settings = { metadata: { capabilities: { caching: true } } };
    const { body, warnings } = await sent('chat-completions', user(...content), {}, settings);
    expect(body).toEqual({
      model: 'gpt-test',
      ...parts(
        { type: 'text', text: 'long', prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } },
        { type: 'text', text: 'q' },
      ),
    });
    expect(warnings).toEqual([]);
  });
});

const preferences: [setting: string, input: ChatInput, options: Options][] = [
  ['reasoning.budgetTokens', 'hello', { reasoning: { budgetTokens: 5 } }],
  ['reasoning.summary', 'hello', { reasoning: { summary: 'auto' } }],
  ['cache-point', user({ type: 'text', text: 'hello' }, { type: 'cache-point' }), {}],
];

describe('Chat Completions preferences', () => {
  it.each(preferences)('C-08: leaves out %s with a warning', async (setting, input, options) => {
    const { body, warnings } = await sent('chat-completions', input, options);
    expect(body).toEqual({ model: 'gpt-test', ...hello });
    expect(warnings).toEqual([
      { type: 'unsupported-setting', setting, message: expect.stringContaining(setting) },
    ]);
  });

  it.each(preferences)('C-08: refuses %s when strict', async (_setting, input, options) => {
    await expect(sent('chat-completions', input, { ...options, strict: true })).rejects.toMatchObject({
      code: 'unsupported',
    });
  });
});

const refused: [title: string, input: ChatInput, code: string][] = [
  ['audio by URL', user({ type: 'audio', source: { url: 'https://x.test/a.mp3' } }), 'unsupported'],
  [
    'audio of another format',
    user({ type: 'audio', source: { data: 'AQID', mediaType: 'audio/flac' } }),
    'unsupported',
  ],
  ['a document by URL', user({ type: 'document', source: { url: 'https://x.test/a.pdf' } }), 'unsupported'],
  [
    'an image in a system message',
    [{ role: 'system', content: [{ type: 'image', source: { url: 'https://x.test/a.png' } }] }],
    'unsupported',
  ],
  [
    'an image in an answer',
    [{ role: 'assistant', content: [{ type: 'image', source: { url: 'https://x.test/a.png' } }] }],
    'unsupported',
  ],
  [
    'an image in a tool result',
    user({
      type: 'tool-result',
      toolCallId: 'c',
      content: [{ type: 'image', source: { url: 'https://x.test/a.png' } }],
    }),
    'unsupported',
  ],
  ['a tool message that answers no call', [{ role: 'tool', content: 'sunny' }], 'invalid-request'],
];

describe('Chat Completions requirements', () => {
  it.each(refused)('C-08: refuses %s before anything is sent', async (_title, input, code) => {
    const error: unknown = await sent('chat-completions', input).catch((thrown: unknown) => thrown);
    expect(isMortiseError(error, code), String(error)).toBe(true);
  });
});
