import { isMortiseError } from '@mortise/core';
import type { ChatInput, ChatMessage, ContentBlock } from '@mortise/core/llm';
import { describe, expect, it } from 'vitest';
import { sent, type Options } from './sent.ts';

const user = (...content: ContentBlock[]): ChatMessage[] => [{ role: 'user', content }];
const parts = (...content: unknown[]) => ({ input: [{ role: 'user', content }] });
const hello = { input: [{ role: 'user', content: 'hello' }] };
const weather = {
  name: 'weather',
  description: 'Tells it',
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
};
const closed = {
  type: 'object',
  properties: { a: { anyOf: [{ type: 'string' }, { type: 'null' }] }, b: { $ref: '#/$defs/b' } },
  required: ['a', 'b'],
  additionalProperties: false,
  $defs: { b: { type: 'object', properties: {}, required: [], additionalProperties: false } },
};
const search = {
  id: 'ws_1',
  type: 'web_search_call',
  status: 'completed',
  action: { type: 'search', query: 'q' },
};
const annotation = { type: 'url_citation', start_index: 0, end_index: 3, title: 'T', url: 'https://x.test' };

const bodies: [title: string, input: ChatInput, options: Options, body: Record<string, unknown>][] = [
  ['a string', 'hello', {}, hello],
  [
    'system',
    [
      { role: 'system', content: 'be kind' },
      { role: 'user', content: 'hi' },
    ],
    {},
    {
      input: [
        { role: 'system', content: 'be kind' },
        { role: 'user', content: 'hi' },
      ],
    },
  ],
  [
    'text blocks',
    user({ type: 'text', text: 'a' }, { type: 'text', text: 'b' }),
    {},
    parts({ type: 'input_text', text: 'a' }, { type: 'input_text', text: 'b' }),
  ],
  [
    'an image by URL',
    user({ type: 'image', source: { url: 'https://x.test/a.png' }, detail: 'high' }),
    {},
    parts({ type: 'input_image', detail: 'high', image_url: 'https://x.test/a.png' }),
  ],
  [
    'an image in bytes',
    user({ type: 'image', source: { data: new Uint8Array([1, 2, 3]), mediaType: 'image/png' } }),
    {},
    parts({ type: 'input_image', detail: 'auto', image_url: 'data:image/png;base64,AQID' }),
  ],
  [
    'a document by URL',
    user({ type: 'document', title: 'a', source: { url: 'https://x.test/a.pdf' } }),
    {},
    parts({ type: 'input_file', file_url: 'https://x.test/a.pdf' }),
  ],
  [
    'a document in bytes',
    user({ type: 'document', source: { data: 'AQID', mediaType: 'application/pdf' } }),
    {},
    parts({ type: 'input_file', filename: 'document.pdf', file_data: 'data:application/pdf;base64,AQID' }),
  ],
  [
    'a document of text',
    user({ type: 'document', title: 'T', source: { text: 'body' } }),
    {},
    parts({ type: 'input_text', text: 'T\n\nbody' }),
  ],
  [
    'a part of its own',
    user({ type: 'openai:input_file', item: { type: 'input_file', file_id: 'file-1' } }),
    {},
    parts({ type: 'input_file', file_id: 'file-1' }),
  ],
  [
    'an item of its own',
    user(
      { type: 'text', text: 'a' },
      {
        type: 'openai:custom_tool_call_output',
        item: { type: 'custom_tool_call_output', call_id: 'c', output: 'o' },
      },
    ),
    {},
    {
      input: [
        { role: 'user', content: [{ type: 'input_text', text: 'a' }] },
        { type: 'custom_tool_call_output', call_id: 'c', output: 'o' },
      ],
    },
  ],
  [
    'a tool loop of another provider',
    [
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'hm', signature: 'sig', providerMetadata: { anthropic: {} } },
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
          { type: 'other:thing', item: { type: 'thing' } },
          {
            type: 'tool-call',
            id: 'c1',
            name: 'weather',
            arguments: { city: 'Rome' },
            providerMetadata: { anthropic: { id: 'x' } },
          },
        ],
      },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: 'c1',
            content: [
              { type: 'text', text: 'see' },
              { type: 'image', source: { data: 'AQID', mediaType: 'image/png' } },
            ],
          },
        ],
      },
    ],
    {},
    {
      input: [
        { role: 'assistant', content: 'ab' },
        { type: 'function_call', call_id: 'c1', name: 'weather', arguments: '{"city":"Rome"}' },
        {
          type: 'function_call_output',
          call_id: 'c1',
          output: [
            { type: 'input_text', text: 'see' },
            { type: 'input_image', detail: 'auto', image_url: 'data:image/png;base64,AQID' },
          ],
        },
      ],
    },
  ],
  [
    'its own items, as they were',
    [
      {
        role: 'assistant',
        content: [
          {
            type: 'reasoning',
            text: 'a\n\nb',
            id: 'rs_1',
            providerMetadata: {
              openai: {
                summary: [
                  { type: 'summary_text', text: 'a' },
                  { type: 'summary_text', text: 'b' },
                ],
              },
            },
          },
          { type: 'openai:web_search_call', item: search },
          {
            type: 'text',
            text: 'Yes',
            citations: [
              { type: 'citation', url: 'https://x.test', providerMetadata: { openai: annotation } },
            ],
            providerMetadata: { openai: { id: 'msg_1', status: 'completed', phase: 'commentary' } },
          },
          {
            type: 'text',
            text: 'No.',
            providerMetadata: { openai: { id: 'msg_1', status: 'completed', refusal: true } },
          },
          {
            type: 'tool-call',
            id: 'c1',
            name: 'weather',
            arguments: {},
            providerMetadata: { openai: { id: 'fc_1', status: 'completed', namespace: 'n' } },
          },
        ],
      },
      { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'c1', content: 'x' }] },
    ],
    {},
    {
      input: [
        {
          type: 'reasoning',
          id: 'rs_1',
          summary: [
            { type: 'summary_text', text: 'a' },
            { type: 'summary_text', text: 'b' },
          ],
        },
        search,
        {
          type: 'message',
          role: 'assistant',
          id: 'msg_1',
          status: 'completed',
          phase: 'commentary',
          content: [
            { type: 'output_text', text: 'Yes', annotations: [annotation] },
            { type: 'refusal', refusal: 'No.' },
          ],
        },
        {
          type: 'function_call',
          id: 'fc_1',
          status: 'completed',
          namespace: 'n',
          call_id: 'c1',
          name: 'weather',
          arguments: '{}',
        },
        { type: 'function_call_output', call_id: 'c1', output: 'x' },
      ],
    },
  ],
  [
    'encrypted reasoning asks for more of it',
    [
      {
        role: 'assistant',
        content: [
          {
            type: 'reasoning',
            text: '',
            id: 'rs_1',
            encrypted: 'gAAA',
            providerMetadata: { openai: { summary: [] } },
          },
          { type: 'text', text: 'a' },
        ],
      },
      { role: 'user', content: 'go' },
    ],
    {},
    {
      input: [
        { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' },
        { role: 'assistant', content: 'a' },
        { role: 'user', content: 'go' },
      ],
      include: ['reasoning.encrypted_content'],
    },
  ],
  [
    'tools',
    'hello',
    { tools: [weather, { name: 'now', parameters: closed, strict: true }], toolChoice: { tool: 'now' } },
    {
      ...hello,
      tools: [
        { type: 'function', ...weather, strict: false },
        { type: 'function', name: 'now', parameters: closed, strict: true },
      ],
      tool_choice: { type: 'function', name: 'now' },
    },
  ],
  [
    'toolChoice: some of the tools',
    'hello',
    { tools: [weather], toolChoice: { tools: ['weather'], required: true } },
    {
      ...hello,
      tools: [{ type: 'function', ...weather, strict: false }],
      tool_choice: {
        type: 'allowed_tools',
        mode: 'required',
        tools: [{ type: 'function', name: 'weather' }],
      },
    },
  ],
  [
    'toolChoice: a word',
    'hello',
    { tools: [weather], toolChoice: 'none' },
    { ...hello, tools: [{ type: 'function', ...weather, strict: false }], tool_choice: 'none' },
  ],
  [
    'responseFormat: text',
    'hello',
    { responseFormat: { type: 'text' } },
    { ...hello, text: { format: { type: 'text' } } },
  ],
  [
    'responseFormat: any JSON',
    'hello',
    { responseFormat: { type: 'json' } },
    { ...hello, text: { format: { type: 'json_object' } } },
  ],
  [
    'responseFormat: a schema, beside a verbosity',
    'hello',
    {
      responseFormat: { type: 'json', schema: closed },
      providerOptions: { openai: { text: { verbosity: 'low' } } },
    },
    {
      ...hello,
      text: {
        format: { type: 'json_schema', name: 'response', schema: closed, strict: true },
        verbosity: 'low',
      },
    },
  ],
  [
    'responseFormat: a schema with oneOf',
    'hello',
    { responseFormat: { type: 'json', schema: { ...closed, oneOf: [] }, name: 'n', description: 'd' } },
    {
      ...hello,
      text: {
        format: {
          type: 'json_schema',
          name: 'n',
          description: 'd',
          schema: { ...closed, oneOf: [] },
          strict: false,
        },
      },
    },
  ],
  [
    'numbers',
    'hello',
    { temperature: 0, topP: 1, maxOutputTokens: 9 },
    { ...hello, temperature: 0, top_p: 1, max_output_tokens: 9 },
  ],
  [
    'reasoning',
    'hello',
    { reasoning: { effort: 'high', summary: 'auto' } },
    {
      ...hello,
      reasoning: { effort: 'high', summary: 'auto' },
      include: ['reasoning.encrypted_content'],
    },
  ],
  ['no reasoning', 'hello', { reasoning: { effort: 'none' } }, { ...hello, reasoning: { effort: 'none' } }],
  [
    'store: false',
    'hello',
    { providerOptions: { openai: { store: false } } },
    { ...hello, include: ['reasoning.encrypted_content'], store: false },
  ],
  [
    'include is added to, a provider’s tool stands beside functions',
    'hello',
    {
      tools: [weather],
      reasoning: { effort: 'low' },
      providerOptions: {
        openai: { include: ['web_search_call.action.sources'], tools: [{ type: 'web_search' }] },
      },
    },
    {
      ...hello,
      tools: [{ type: 'function', ...weather, strict: false }, { type: 'web_search' }],
      reasoning: { effort: 'low' },
      include: ['reasoning.encrypted_content', 'web_search_call.action.sources'],
    },
  ],
];

describe('Responses bodies', () => {
  it.each(bodies)('C-05: %s', async (_title, input, options, expected) => {
    const { body, warnings, path } = await sent('responses', input, options);
    expect(body).toEqual({ model: 'gpt-test', ...expected });
    // What belongs to others stays behind, and is told of.
    expect(warnings.filter(({ setting }) => setting !== 'messages' && setting !== 'reasoning')).toEqual([]);
    expect(path).toBe('/v1/responses');
  });

  it.each([
    [true, 'hello', {}, ['reasoning.encrypted_content']],
    [false, 'hello', { providerOptions: { openai: { store: false } } }, undefined],
  ] as const)(
    'asks for encrypted reasoning as capabilities.reasoning: %s says',
    async (reasoning, input, options, include) => {
      const { body } = await sent('responses', input, options, { metadata: { capabilities: { reasoning } } });
      expect(body['include']).toEqual(include);
    },
  );

  it('sends cache points as breakpoints where the model is declared to take them', async () => {
    const content: ContentBlock[] = [
      { type: 'text', text: 'long' },
      { type: 'cache-point' },
      { type: 'text', text: 'q' },
    ];
    const { body } = await sent(
      'responses',
      user(...content),
      {},
      { metadata: { capabilities: { caching: true } } },
    );
    expect(body['input']).toEqual(
      parts(
        { type: 'input_text', text: 'long', prompt_cache_breakpoint: { mode: 'explicit' } },
        { type: 'input_text', text: 'q' },
      ).input,
    );
  });

  it('leaves out reasoning that cannot be found again, and says so', async () => {
    const assistant: ChatMessage = {
      role: 'assistant',
      content: [{ type: 'reasoning', text: '', id: 'rs_1', providerMetadata: { openai: { summary: [] } } }],
    };
    const options = { providerOptions: { openai: { store: false } } };
    const { body, warnings } = await sent(
      'responses',
      [assistant, { role: 'user', content: 'hello' }],
      options,
    );
    expect(body['input']).toEqual(hello.input);
    expect(warnings).toEqual([
      { type: 'other', setting: 'reasoning', message: expect.stringContaining('rs_1') },
    ]);
  });
});

const preferences: [setting: string, input: ChatInput, options: Options][] = [
  ['seed', 'hello', { seed: 1 }],
  ['reasoning.budgetTokens', 'hello', { reasoning: { budgetTokens: 5 }, providerOptions: { openai: {} } }],
];

describe('Responses preferences', () => {
  it.each(preferences)('C-08: leaves out %s with a warning', async (setting, input, options) => {
    const { body, warnings } = await sent('responses', input, options);
    expect(body['input']).toEqual(hello.input);
    expect(Object.keys(body).filter((name) => !['model', 'input', 'include'].includes(name))).toEqual([]);
    expect(warnings).toEqual([
      { type: 'unsupported-setting', setting, message: expect.stringContaining(setting) },
    ]);
  });

  it.each(preferences)('C-08: refuses %s when strict', async (_setting, input, options) => {
    await expect(sent('responses', input, { ...options, strict: true })).rejects.toMatchObject({
      code: 'unsupported',
    });
  });
});

const refused: [title: string, input: ChatInput, options: Options, code: string][] = [
  ['stop', 'hello', { stop: ['x'] }, 'unsupported'],
  ['audio', user({ type: 'audio', source: { data: 'AQID', mediaType: 'audio/wav' } }), {}, 'unsupported'],
  [
    'an image in an answer',
    [{ role: 'assistant', content: [{ type: 'image', source: { url: 'https://x.test/a.png' } }] }],
    {},
    'unsupported',
  ],
  ['a tool message that answers no call', [{ role: 'tool', content: 'sunny' }], {}, 'invalid-request'],
];

describe('Responses requirements', () => {
  it.each(refused)('C-08: refuses %s before anything is sent', async (_title, input, options, code) => {
    const error: unknown = await sent('responses', input, options).catch((thrown: unknown) => thrown);
    expect(isMortiseError(error, code), String(error)).toBe(true);
  });
});
