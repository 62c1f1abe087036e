import { expect, it, describe } from 'vitest';
import { AnthropicLLM, DEFAULT_MAX_TOKENS, type AnthropicProviderOptions } from '@mortise/anthropic';
import type { ChatInput, ChatOptions, ContentBlock, LLMMetadata } from '@mortise/core';
import { json, startWire } from '@mortise/conformance';

/** Signed reasoning that came from elsewhere says whose it is. */
const mine = { providerMetadata: { anthropic: {} } };

const reply = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-test',
  content: [{ type: 'text', text: 'ok' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 1, output_tokens: 1 },
};

type Options = ChatOptions<AnthropicProviderOptions>;

async function sent(input: ChatInput, options: Options = {}, metadata: Partial<LLMMetadata> = {}) {
  await using wire = await startWire((_request, response) => json(response, reply));
  const llm = new AnthropicLLM({ model: 'claude-test', baseURL: wire.url, apiKey: 'sk-test', metadata });
  const { warnings } = await llm.chat(input, options);
  const [request] = wire.requests;
  return { body: request?.body as Record<string, unknown>, request, warnings };
}

const user = (...content: ContentBlock[]) => [{ role: 'user' as const, content }];
const assistant = (...content: ContentBlock[]) => [
  { role: 'user' as const, content: 'go' },
  { role: 'assistant' as const, content },
  { role: 'user' as const, content: 'on' },
];
const text = (words: string) => ({ type: 'text', text: words });
const base = { model: 'claude-test', max_tokens: DEFAULT_MAX_TOKENS, stream: false };
const said = (...content: unknown[]) => [{ role: 'user', content }];
const turns = (...content: unknown[]) => [
  { role: 'user', content: [text('go')] },
  { role: 'assistant', content },
  { role: 'user', content: [text('on')] },
];

const cited = {
  type: 'web_search_result_location',
  cited_text: 'words',
  url: 'https://example.org',
  title: 'T',
  encrypted_index: 'Eo8+/=',
};

const messages: readonly [string, ChatInput, Record<string, unknown>][] = [
  ['a string', 'Hello', { messages: said(text('Hello')) }],
  [
    'system messages, apart, and neighbours as one turn',
    [
      { role: 'system', content: 'Be brief.' },
      { role: 'system', content: [{ type: 'text', text: 'Be kind.' }] },
      { role: 'user', content: 'a', name: 'Ann' },
      { role: 'user', content: 'b' },
      { role: 'assistant', content: 'c' },
      { role: 'assistant', content: 'd' },
      { role: 'user', content: 'e' },
    ],
    {
      system: [text('Be brief.'), text('Be kind.')],
      messages: [
        { role: 'user', content: [text('a'), text('b')] },
        { role: 'assistant', content: [text('c'), text('d')] },
        { role: 'user', content: [text('e')] },
      ],
    },
  ],
  [
    'empty and blank texts left out, a blank beside words kept',
    [
      {
        role: 'user',
        content: [
          { type: 'text', text: '' },
          { type: 'text', text: 'a' },
        ],
      },
      { role: 'assistant', content: ' \n' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'b' },
          { type: 'text', text: ' ' },
        ],
      },
    ],
    { messages: said(text('a'), text('b'), text(' ')) },
  ],
  [
    'an image by url',
    user({ type: 'image', source: { url: 'https://example.org/a.png' } }),
    { messages: said({ type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } }) },
  ],
  [
    'an image by bytes',
    user({ type: 'image', source: { data: new Uint8Array([0, 255, 16]), mediaType: 'image/png' } }),
    { messages: said({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AP8Q' } }) },
  ],
  [
    'an image in a data: url',
    user({ type: 'image', source: { url: 'data:image/gif;base64,R0lGODlh' } }),
    {
      messages: said({
        type: 'image',
        source: { type: 'base64', media_type: 'image/gif', data: 'R0lGODlh' },
      }),
    },
  ],
  [
    'a PDF with title, context and citations',
    user({
      type: 'document',
      source: { data: 'JVBERi0=', mediaType: 'application/pdf' },
      title: 'Report',
      context: 'Of 2026',
      citations: true,
    }),
    {
      messages: said({
        type: 'document',
        source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
        title: 'Report',
        context: 'Of 2026',
        citations: { enabled: true },
      }),
    },
  ],
  [
    'documents by url, as text, and as bytes of text',
    user(
      { type: 'document', source: { url: 'https://example.org/a.pdf' } },
      { type: 'document', source: { text: 'plain' }, citations: false },
      { type: 'document', source: { data: new TextEncoder().encode('# é'), mediaType: 'text/markdown' } },
      { type: 'document', source: { data: 'w6k=', mediaType: 'text/plain' } },
    ),
    {
      messages: said(
        { type: 'document', source: { type: 'url', url: 'https://example.org/a.pdf' } },
        {
          type: 'document',
          source: { type: 'text', media_type: 'text/plain', data: 'plain' },
          citations: { enabled: false },
        },
        { type: 'document', source: { type: 'text', media_type: 'text/plain', data: '# é' } },
        { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'é' } },
      ),
    },
  ],
  [
    'reasoning: signature and redacted data as they were',
    assistant(
      { type: 'reasoning', text: 'Hm.', signature: 'Eq+/é==', ...mine },
      { type: 'reasoning', text: '', signature: 'hidden', ...mine },
      { type: 'reasoning', text: '', encrypted: 'Eo4B', ...mine },
    ),
    {
      messages: turns(
        { type: 'thinking', thinking: 'Hm.', signature: 'Eq+/é==' },
        { type: 'thinking', thinking: '', signature: 'hidden' },
        { type: 'redacted_thinking', data: 'Eo4B' },
      ),
    },
  ],
  [
    'tool calls, their caller, and invalid arguments',
    assistant(
      { type: 'tool-call', id: 'toolu_1', name: 'f', arguments: { a: 1 } },
      {
        type: 'tool-call',
        id: 'toolu_2',
        name: 'g',
        arguments: {},
        providerMetadata: { anthropic: { caller: { type: 'code_execution_20260120', tool_id: 's' } } },
      },
      { type: 'tool-call', id: 'toolu_3', name: 'h', arguments: {}, invalid: true, argumentsText: '{"a":' },
    ),
    {
      messages: turns(
        { type: 'tool_use', id: 'toolu_1', name: 'f', input: { a: 1 } },
        {
          type: 'tool_use',
          id: 'toolu_2',
          name: 'g',
          input: {},
          caller: { type: 'code_execution_20260120', tool_id: 's' },
        },
        { type: 'tool_use', id: 'toolu_3', name: 'h', input: { INVALID_JSON: '{"a":' } },
      ),
    },
  ],
  [
    'tool results first, with images, documents and errors',
    [
      { role: 'user', content: 'go' },
      {
        role: 'assistant',
        content: [
          { type: 'tool-call', id: 'toolu_1', name: 'f', arguments: {} },
          { type: 'tool-call', id: 'toolu_2', name: 'g', arguments: {} },
        ],
      },
      { role: 'user', content: 'by the way' },
      {
        role: 'tool',
        content: [{ type: 'tool-result', toolCallId: 'toolu_1', toolName: 'f', content: '42' }],
      },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: 'toolu_2',
            isError: true,
            content: [
              { type: 'text', text: 'It broke' },
              { type: 'text', text: '' },
              { type: 'image', source: { data: 'AP8Q', mediaType: 'image/png' } },
              { type: 'document', source: { text: 'log' } },
            ],
          },
        ],
      },
    ],
    {
      messages: [
        { role: 'user', content: [text('go')] },
        {
          role: 'assistant',
          content: [
            { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} },
            { type: 'tool_use', id: 'toolu_2', name: 'g', input: {} },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'toolu_1', content: '42' },
            {
              type: 'tool_result',
              tool_use_id: 'toolu_2',
              is_error: true,
              content: [
                text('It broke'),
                { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AP8Q' } },
                { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'log' } },
              ],
            },
            text('by the way'),
          ],
        },
      ],
    },
  ],
  [
    "Anthropic's own blocks as they were, and cited text with its originals",
    assistant(
      {
        type: 'anthropic:server_tool_use',
        id: 's1',
        name: 'web_search',
        input: { query: 'q' },
        caller: null,
      },
      { type: 'anthropic:web_search_tool_result', tool_use_id: 's1', content: [{ encrypted_content: 'x' }] },
      {
        type: 'text',
        text: 'So.',
        citations: [
          { type: 'citation', url: 'https://example.org', providerMetadata: { anthropic: cited } },
          { type: 'citation', url: 'https://elsewhere.example' },
        ],
      },
      { type: 'citation', url: 'https://elsewhere.example' },
    ),
    {
      messages: turns(
        { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'q' }, caller: null },
        { type: 'web_search_tool_result', tool_use_id: 's1', content: [{ encrypted_content: 'x' }] },
        { type: 'text', text: 'So.', citations: [cited] },
      ),
    },
  ],
  [
    "the user's own provider block",
    user({ type: 'anthropic:document', source: { type: 'file', file_id: 'file_1' } }),
    { messages: said({ type: 'document', source: { type: 'file', file_id: 'file_1' } }) },
  ],
  [
    'cache points on the block before, past thinking, over message borders',
    [
      {
        role: 'system',
        content: [
          { type: 'text', text: 'Rules' },
          { type: 'cache-point', ttl: '1h' },
        ],
      },
      { role: 'user', content: 'go' },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Well' },
          { type: 'reasoning', text: 'Hm.', signature: 's', ...mine },
          { type: 'cache-point' },
        ],
      },
      { role: 'user', content: [{ type: 'text', text: 'on' }] },
      { role: 'user', content: [{ type: 'cache-point' }, { type: 'text', text: 'and on' }] },
    ],
    {
      system: [{ ...text('Rules'), cache_control: { type: 'ephemeral', ttl: '1h' } }],
      messages: [
        { role: 'user', content: [text('go')] },
        {
          role: 'assistant',
          content: [
            { ...text('Well'), cache_control: { type: 'ephemeral' } },
            { type: 'thinking', thinking: 'Hm.', signature: 's' },
          ],
        },
        { role: 'user', content: [{ ...text('on'), cache_control: { type: 'ephemeral' } }, text('and on')] },
      ],
    },
  ],
];

describe('the exact request body for', () => {
  it.each(messages)('%s', async (_title, input, expected) => {
    const before = structuredClone(input);
    const { body, request } = await sent(input);
    expect(body).toEqual({ ...base, ...expected });
    expect(request).toMatchObject({ method: 'POST', path: '/v1/messages' });
    // C-05
    expect(input).toEqual(before);
  });
});

const tool = {
  name: 'f',
  description: 'Does f',
  parameters: { properties: { a: { type: 'number' } }, required: ['a'] },
  strict: true,
};
const wireTool = {
  name: 'f',
  description: 'Does f',
  input_schema: {
    type: 'object',
    properties: { a: { type: 'number' } },
    required: ['a'],
    additionalProperties: false,
  },
  strict: true,
};
const schema = { type: 'object', properties: {}, additionalProperties: false };

/** What the grammar takes and what it refuses, side by side. */
const loose = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: {
    pattern: { type: 'string', format: 'email', maxLength: 9, pattern: '^a', description: 'An address.' },
    score: { type: 'number', minimum: 0, maximum: 1 },
    tags: { type: 'array', items: { type: 'string', format: 'regex' }, minItems: 1, maxItems: 3 },
    kind: { enum: [{ minimum: 0 }], default: { minimum: 0 } },
    either: { oneOf: [{ $ref: '#/$defs/a' }, { type: 'null' }] },
  },
  $defs: { a: { type: 'integer', multipleOf: 2 } },
  additionalProperties: false,
};
const { $schema: _draft, ...open } = loose;
const fitted = {
  type: 'object',
  properties: {
    pattern: {
      type: 'string',
      format: 'email',
      description: 'An address.\n\n{maxLength: 9, pattern: "^a"}',
    },
    score: { type: 'number', description: '{minimum: 0, maximum: 1}' },
    tags: {
      type: 'array',
      items: { type: 'string', description: '{format: "regex"}' },
      minItems: 1,
      description: '{maxItems: 3}',
    },
    kind: { enum: [{ minimum: 0 }], default: { minimum: 0 } },
    either: { anyOf: [{ $ref: '#/$defs/a' }, { type: 'null' }] },
  },
  $defs: { a: { type: 'integer', description: '{multipleOf: 2}' } },
  additionalProperties: false,
};

const options: readonly [string, Options, Record<string, unknown>][] = [
  [
    'responseFormat json with keywords that the grammar refuses',
    { responseFormat: { type: 'json', schema: loose } },
    { output_config: { format: { type: 'json_schema', schema: fitted } } },
  ],
  [
    'a strict tool with keywords that the grammar refuses',
    { tools: [{ name: 'f', description: 'Does f', parameters: loose, strict: true }] },
    { tools: [{ name: 'f', description: 'Does f', input_schema: fitted, strict: true }] },
  ],
  [
    'a tool that is not strict, as it is but for the name of its draft',
    { tools: [{ name: 'f', description: 'Does f', parameters: loose }] },
    { tools: [{ name: 'f', description: 'Does f', input_schema: open }] },
  ],
  ['tools', { tools: [tool] }, { tools: [wireTool] }],
  [
    'toolChoice auto',
    { tools: [tool], toolChoice: 'auto' },
    { tools: [wireTool], tool_choice: { type: 'auto' } },
  ],
  [
    'toolChoice none',
    { tools: [tool], toolChoice: 'none' },
    { tools: [wireTool], tool_choice: { type: 'none' } },
  ],
  [
    'toolChoice required',
    { tools: [tool], toolChoice: 'required' },
    { tools: [wireTool], tool_choice: { type: 'any' } },
  ],
  [
    'toolChoice by name',
    { tools: [tool], toolChoice: { tool: 'f' } },
    { tools: [wireTool], tool_choice: { type: 'tool', name: 'f' } },
  ],
  ['toolChoice none without tools', { toolChoice: 'none' }, {}],
  ['maxOutputTokens', { maxOutputTokens: 64_000 }, { max_tokens: 64_000 }],
  ['stop', { stop: ['END', '\n\n'] }, { stop_sequences: ['END', '\n\n'] }],
  ['responseFormat text', { responseFormat: { type: 'text' } }, {}],
  [
    'responseFormat json',
    { responseFormat: { type: 'json', schema, name: 'answer', description: 'The answer' } },
    { output_config: { format: { type: 'json_schema', schema: { description: 'The answer', ...schema } } } },
  ],
  ['reasoning with nothing', { reasoning: {} }, {}],
  ['reasoning effort none', { reasoning: { effort: 'none' } }, { thinking: { type: 'disabled' } }],
  [
    'reasoning effort',
    { reasoning: { effort: 'xhigh', summary: 'auto' } },
    { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'xhigh' } },
  ],
  [
    'reasoning budget, with room for the answer',
    { reasoning: { budgetTokens: 4_000 } },
    {
      thinking: { type: 'enabled', budget_tokens: 4_000 },
      max_tokens: DEFAULT_MAX_TOKENS + 4_000,
    },
  ],
  [
    'reasoning summary alone',
    { reasoning: { summary: 'omitted' } },
    { thinking: { type: 'adaptive', display: 'omitted' } },
  ],
  [
    'providerOptions, last',
    {
      maxOutputTokens: 10,
      providerOptions: { anthropic: { max_tokens: 20, temperature: 0.5, service_tier: 'auto' } },
    },
    { max_tokens: 20, temperature: 0.5, service_tier: 'auto' },
  ],
  [
    'providerOptions that are added to ours',
    {
      tools: [tool],
      toolChoice: 'auto',
      reasoning: { effort: 'low' },
      providerOptions: {
        anthropic: {
          tools: [{ type: 'web_search_20260318', name: 'web_search' }],
          tool_choice: { disable_parallel_tool_use: true },
          output_config: { format: null },
          thinking: { type: 'between_tools' },
        },
      },
    },
    {
      tools: [wireTool, { type: 'web_search_20260318', name: 'web_search' }],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      output_config: { effort: 'low', format: null },
      thinking: { type: 'between_tools' },
    },
  ],
  ["C-07: another provider's options are ignored", { providerOptions: { openai: { store: true } } }, {}],
];

describe('the exact request body with', () => {
  it.each(options)('%s', async (_title, given, expected) => {
    const { body, warnings } = await sent('Hi', given);
    expect(body).toEqual({ ...base, messages: said(text('Hi')), ...expected });
    expect(warnings).toEqual([]);
  });

  it('a cache point before anything else, on the last tool', async () => {
    const { body } = await sent(user({ type: 'cache-point' }, { type: 'text', text: 'Hi' }), {
      tools: [tool],
    });
    expect(body['tools']).toEqual([{ ...wireTool, cache_control: { type: 'ephemeral' } }]);
  });

  it('the declared maxOutputTokens as the bound of the default', async () => {
    expect((await sent('Hi', {}, { maxOutputTokens: 4_096 })).body['max_tokens']).toBe(4_096);
  });

  it('stream: true and nothing else changed when streaming', async () => {
    await using wire = await startWire((_request, response) => json(response, reply));
    const llm = new AnthropicLLM({ model: 'claude-test', baseURL: wire.url, retry: false });
    await expect(llm.streamChat('Hi').final()).rejects.toMatchObject({ code: 'malformed-response' });
    expect(wire.requests[0]?.body).toEqual({ ...base, messages: said(text('Hi')), stream: true });
  });

  it('betas as a header, not in the body', async () => {
    const { body, request } = await sent('Hi', { providerOptions: { anthropic: { betas: ['a-1', 'b-2'] } } });
    expect(request?.headers['anthropic-beta']).toBe('a-1,b-2');
    expect(body).toEqual({ ...base, messages: said(text('Hi')) });
  });
});

const preferences: readonly [string, ChatInput, Options, string][] = [
  ['temperature', 'Hi', { temperature: 0.2 }, 'temperature'],
  ['topP', 'Hi', { topP: 0.9 }, 'topP'],
  ['seed', 'Hi', { seed: 7 }, 'seed'],
  ['effort minimal', 'Hi', { reasoning: { effort: 'minimal' } }, 'reasoning.effort'],
  ['a detailed summary', 'Hi', { reasoning: { effort: 'low', summary: 'detailed' } }, 'reasoning.summary'],
  [
    'the detail of an image',
    user({ type: 'image', source: { url: 'https://example.org/a.png' }, detail: 'low' }),
    {},
    'detail',
  ],
];

describe('C-08: a preference the API has no field for', () => {
  it.each(preferences)('%s is left out with a warning', async (_title, input, given, setting) => {
    const { body, warnings } = await sent(input, given);
    expect(warnings).toEqual([{ type: 'unsupported-setting', setting, message: expect.any(String) }]);
    for (const name of ['temperature', 'top_p', 'topP', 'seed', 'detail'])
      expect(body).not.toHaveProperty(name);
  });

  it.each(preferences)('%s is unsupported when strict, before sending', async (_title, input, given) => {
    await refused(input, { ...given, strict: true });
  });
});

describe('C-08: a requirement the API cannot meet is unsupported before sending', () => {
  it.each<[string, ChatInput, Options]>([
    ['audio', user({ type: 'audio', source: { data: 'AA==', mediaType: 'audio/wav' } }), {}],
    [
      'a document of Word',
      user({ type: 'document', source: { data: 'AA==', mediaType: 'application/msword' } }),
      {},
    ],
    ['an image of the assistant', assistant({ type: 'image', source: { url: 'https://example.org' } }), {}],
    [
      'an image in a system message',
      [{ role: 'system', content: user({ type: 'image', source: { url: 'x' } })[0]!.content }],
      {},
    ],
    ['a tool call of the user', user({ type: 'tool-call', id: '1', name: 'f', arguments: {} }), {}],
    ["another provider's block of the user", user({ type: 'openai:input_file', file_id: '1' }), {}],
    ['JSON without a schema', 'Hi', { responseFormat: { type: 'json' } }],
  ])('%s', async (_title, input, given) => {
    await refused(input, given);
  });
});

describe('what belongs to another provider', () => {
  it.each<[string, ContentBlock]>([
    ['reasoning without a signature', { type: 'reasoning', text: 'Hm.' }],
    ["reasoning that is nobody's", { type: 'reasoning', text: 'Hm.', signature: 's' }],
    ['reasoning with an id', { type: 'reasoning', text: '', id: 'rs_1', encrypted: 'gAAA' }],
    [
      'reasoning that another provider marked',
      { type: 'reasoning', text: '', signature: 's', providerMetadata: { google: {} } },
    ],
    ['a block', { type: 'openai:web_search_call', id: 'ws_1' }],
  ])('%s is left out of the history with a warning', async (_title, block) => {
    const { body, warnings } = await sent(assistant(block, { type: 'text', text: 'So.' }));
    expect(body['messages']).toEqual(turns(text('So.')));
    expect(warnings).toEqual([expect.objectContaining({ type: 'other', message: expect.any(String) })]);
  });
});

it('moves a later system message to the beginning, and says so', async () => {
  const { body, warnings } = await sent([
    { role: 'user', content: 'a' },
    { role: 'system', content: 'Now in French.' },
    { role: 'user', content: 'b' },
  ]);
  expect(body).toMatchObject({ system: [text('Now in French.')], messages: said(text('a'), text('b')) });
  expect(warnings).toMatchObject([{ type: 'other' }]);
});

it('refuses a conversation without anything to send', async () => {
  await expect(sent([{ role: 'system', content: 'Be brief.' }])).rejects.toMatchObject({
    code: 'invalid-request',
  });
  await expect(sent('')).rejects.toMatchObject({ code: 'invalid-request' });
});

async function refused(input: ChatInput, given: Options): Promise<void> {
  await using wire = await startWire((_request, response) => json(response, reply));
  const llm = new AnthropicLLM({ model: 'claude-test', baseURL: wire.url });
  await expect(llm.chat(input, given)).rejects.toMatchObject({ code: 'unsupported', provider: 'anthropic' });
  await expect(llm.streamChat(input, given).final()).rejects.toMatchObject({ code: 'unsupported' });
  expect(wire.requests).toEqual([]);
}
