import { describe, expect, it } from 'vitest';
import type { ChatInput, ChatOptions, ContentBlock, ToolLike } from '@mortise/core/llm';
import type { CohereProviderOptions } from '@mortise/cohere';
import { sent } from './sent.ts';

const HI = [{ role: 'user', content: 'Hi' }];
const tides: ToolLike = {
  name: 'tides',
  description: 'High and low water.',
  parameters: { type: 'object', properties: { harbour: { type: 'string' } }, required: ['harbour'] },
};
const hours: ToolLike = { name: 'hours', parameters: { type: 'object' } };
const TIDES = {
  type: 'function',
  function: { name: 'tides', description: 'High and low water.', parameters: tides.parameters },
};
const HOURS = { type: 'function', function: { name: 'hours', parameters: { type: 'object' } } };
const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
const PNG = new Uint8Array([137, 80, 78, 71]);

type Case = [name: string, options: ChatOptions<CohereProviderOptions>, body: Record<string, unknown>];

describe('options', () => {
  it.each<Case>([
    ['nothing', {}, {}],
    ['temperature', { temperature: 0 }, { temperature: 0 }],
    ['topP', { topP: 0.5 }, { p: 0.5 }],
    ['maxOutputTokens', { maxOutputTokens: 9 }, { max_tokens: 9 }],
    ['stop', { stop: ['END', '\n'] }, { stop_sequences: ['END', '\n'] }],
    ['seed', { seed: 7 }, { seed: 7 }],
    ['reasoning off', { reasoning: { effort: 'none' } }, { thinking: { type: 'disabled' } }],
    ['no budget', { reasoning: { budgetTokens: 0 } }, { thinking: { type: 'disabled' } }],
    [
      'a budget',
      { reasoning: { budgetTokens: 2000 } },
      { thinking: { type: 'enabled', token_budget: 2000 } },
    ],
    ['tools', { tools: [tides, hours] }, { tools: [TIDES, HOURS] }],
    ['toolChoice auto', { tools: [tides], toolChoice: 'auto' }, { tools: [TIDES] }],
    ['toolChoice none', { tools: [tides], toolChoice: 'none' }, { tools: [TIDES], tool_choice: 'NONE' }],
    ['toolChoice none without tools', { toolChoice: 'none' }, {}],
    [
      'toolChoice required',
      { tools: [tides], toolChoice: 'required' },
      { tools: [TIDES], tool_choice: 'REQUIRED' },
    ],
    [
      'one tool that must be called',
      { tools: [tides, hours], toolChoice: { tool: 'hours' } },
      { tools: [HOURS], tool_choice: 'REQUIRED' },
    ],
    ['strict tools', { tools: [{ ...tides, strict: true }] }, { tools: [TIDES], strict_tools: true }],
    ['responseFormat text', { responseFormat: { type: 'text' } }, {}],
    [
      'responseFormat json',
      { responseFormat: { type: 'json' } },
      { response_format: { type: 'json_object' } },
    ],
    [
      'responseFormat with a schema',
      { responseFormat: { type: 'json', schema, name: 'count', description: 'A count.' } },
      { response_format: { type: 'json_object', json_schema: { description: 'A count.', ...schema } } },
    ],
    [
      'C-07: providerOptions, last',
      {
        temperature: 1,
        providerOptions: {
          cohere: { safety_mode: 'STRICT', k: 5, temperature: 0.1, logprobs: undefined },
          openai: { store: true },
        },
      },
      { temperature: 0.1, safety_mode: 'STRICT', k: 5 },
    ],
  ])('%s', async (_name, options, expected) => {
    const { body, warnings } = await sent('Hi', options);
    expect(body).toEqual({ model: 'command-test', messages: HI, ...expected });
    expect(warnings).toEqual([]);
  });

  it('asks for a stream by a member that no option takes away', async () => {
    const { CohereLLM } = await import('@mortise/cohere');
    let body: Record<string, unknown> = {};
    const fetch: typeof globalThis.fetch = async (_url, init) => {
      body = JSON.parse(init?.body as string) as Record<string, unknown>;
      return new Response('{}', { status: 400 });
    };
    const llm = new CohereLLM({ model: 'm', apiKey: 'k', fetch });
    const stream = llm.streamChat('Hi', { providerOptions: { cohere: { stream: false } } });
    await expect(stream.final()).rejects.toMatchObject({ code: 'invalid-request' });
    expect(body).toEqual({ model: 'm', messages: HI, stream: true });
  });

  it.each<[string, ChatOptions, Record<string, unknown>, string]>([
    ['topP', { topP: 1 }, { p: 0.99 }, 'topP'],
    ['an effort', { reasoning: { effort: 'high' } }, { thinking: { type: 'enabled' } }, 'reasoning.effort'],
    ['a summary', { reasoning: { summary: 'auto' } }, {}, 'reasoning.summary'],
    [
      'strictness of one tool among others',
      { tools: [{ ...tides, strict: true }, hours] },
      { tools: [TIDES, HOURS] },
      'tools.strict',
    ],
  ])('C-08: warns of %s, and refuses it when strict', async (_name, options, expected, setting) => {
    const { body, warnings } = await sent('Hi', options);
    expect(body).toEqual({ model: 'command-test', messages: HI, ...expected });
    expect(warnings).toEqual([expect.objectContaining({ setting })]);
    await expect(sent('Hi', { ...options, strict: true })).rejects.toMatchObject({ code: 'unsupported' });
  });

  it.each<[string, ChatInput, ChatOptions]>([
    ['six stop sequences', 'Hi', { stop: ['1', '2', '3', '4', '5', '6'] }],
    ['a response format beside tools', 'Hi', { responseFormat: { type: 'json' }, tools: [tides] }],
    [
      'a response format beside documents',
      user({ type: 'document', source: { text: 'x' } }),
      { responseFormat: { type: 'json' } },
    ],
    ['audio', user({ type: 'audio', source: { data: 'AA==', mediaType: 'audio/wav' } }), {}],
    ['a document by its URL', user({ type: 'document', source: { url: 'https://x.example/a.txt' } }), {}],
    ['a PDF', user({ type: 'document', source: { data: PNG, mediaType: 'application/pdf' } }), {}],
    [
      'an image in a system message',
      [
        { role: 'system', content: [image()] },
        { role: 'user', content: 'Hi' },
      ],
      {},
    ],
    ['an image in a tool result', results({ type: 'tool-result', toolCallId: 'a', content: [image()] }), {}],
  ])('C-08: refuses %s before anything is sent', async (_name, input, options) => {
    await expect(sent(input, options)).rejects.toMatchObject({ code: 'unsupported', model: 'command-test' });
  });
});

describe('messages', () => {
  it.each<[name: string, input: ChatInput, messages: unknown[], more?: Record<string, unknown>]>([
    ['a string', 'Hi', HI],
    [
      'system and user',
      [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ],
      [{ role: 'system', content: 'Be brief.' }, ...HI],
    ],
    ['one text block', user({ type: 'text', text: 'Hi' }), HI],
    [
      'cache points, which Cohere sets itself, and blocks of others',
      user({ type: 'text', text: 'Hi' }, { type: 'cache-point' }, { type: 'openai:file', item: {} }),
      HI,
    ],
    [
      'two texts',
      user({ type: 'text', text: 'a' }, { type: 'text', text: 'b' }),
      [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b' },
          ],
        },
      ],
    ],
    [
      'images by URL, bytes and base64',
      user(
        { type: 'text', text: 'What is this?' },
        { type: 'image', source: { url: 'https://x.example/a.png' }, detail: 'low' },
        { type: 'image', source: { data: PNG, mediaType: 'image/png' } },
        { type: 'image', source: { data: 'iVBORw==', mediaType: 'image/png' } },
      ),
      [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: 'https://x.example/a.png', detail: 'low' } },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw==' } },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw==' } },
          ],
        },
      ],
    ],
    [
      'documents of all messages',
      [
        {
          role: 'user',
          content: [
            { type: 'document', source: { text: 'High water 06:40' }, title: 'Tides', context: 'Büsum' },
            { type: 'text', text: 'When?' },
          ],
        },
        { role: 'assistant', content: 'At 06:40.' },
        {
          role: 'user',
          content: [
            {
              type: 'document',
              source: { data: new TextEncoder().encode('Übermorgen'), mediaType: 'text/plain' },
            },
            {
              type: 'document',
              source: { data: 'eyJhIjoxfQ==', mediaType: 'application/json' },
              providerMetadata: { cohere: { id: 'own' } },
            },
            { type: 'text', text: 'And then?' },
          ],
        },
      ],
      [
        { role: 'user', content: 'When?' },
        { role: 'assistant', content: 'At 06:40.' },
        { role: 'user', content: 'And then?' },
      ],
      {
        documents: [
          { id: 'doc:0', data: { title: 'Tides', text: 'High water 06:40', context: 'Büsum' } },
          { id: 'doc:1', data: { text: 'Übermorgen' } },
          { id: 'own', data: { text: '{"a":1}' } },
        ],
      },
    ],
    [
      'documents that are not to be cited',
      user({ type: 'document', source: { text: 'x' }, citations: false }, { type: 'text', text: 'Hi' }),
      HI,
      { documents: [{ id: 'doc:0', data: { text: 'x' } }], citation_options: { mode: 'OFF' } },
    ],
    [
      'a turn with a plan, calls and their results',
      [
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'I will look.', providerMetadata: { cohere: { toolPlan: true } } },
            { type: 'tool-call', id: 'a', name: 'tides', arguments: { harbour: 'Büsum' } },
            {
              type: 'tool-call',
              id: 'b',
              name: 'hours',
              arguments: {},
              invalid: true,
              argumentsText: '{"da',
            },
          ],
        },
        {
          role: 'tool',
          content: [
            { type: 'tool-result', toolCallId: 'a', content: '{"high":"06:40"}' },
            { type: 'tool-result', toolCallId: 'b', content: 'The arguments are no JSON.', isError: true },
          ],
        },
      ],
      [
        ...HI,
        {
          role: 'assistant',
          tool_plan: 'I will look.',
          tool_calls: [
            { id: 'a', type: 'function', function: { name: 'tides', arguments: '{"harbour":"Büsum"}' } },
            {
              id: 'b',
              type: 'function',
              function: { name: 'hours', arguments: '{"INVALID_JSON":"{\\"da"}' },
            },
          ],
        },
        { role: 'tool', tool_call_id: 'a', content: '{"high":"06:40"}' },
        { role: 'tool', tool_call_id: 'b', content: '{"error":"The arguments are no JSON."}' },
      ],
    ],
    [
      'tool results of several blocks, documents among them',
      results(
        {
          type: 'tool-result',
          toolCallId: 'a',
          content: [
            { type: 'text', text: 'Found:' },
            { type: 'document', source: { text: '06:40' }, title: 'Tides' },
          ],
        },
        {
          type: 'tool-result',
          toolCallId: 'b',
          isError: true,
          content: [{ type: 'text', text: 'No port.' }],
        },
        { type: 'tool-result', toolCallId: 'c', content: [] },
      ),
      [
        ...HI,
        {
          role: 'tool',
          tool_call_id: 'a',
          content: [
            { type: 'text', text: 'Found:' },
            { type: 'document', document: { id: 'a:1', data: { title: 'Tides', text: '06:40' } } },
          ],
        },
        {
          role: 'tool',
          tool_call_id: 'b',
          content: [
            { type: 'text', text: '{"error":"The tool failed."}' },
            { type: 'text', text: 'No port.' },
          ],
        },
        { role: 'tool', tool_call_id: 'c', content: '' },
      ],
    ],
    [
      'thinking, text, an unknown content of its own; not the reasoning of others, nor what is empty',
      [
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'Hm.' },
            { type: 'reasoning', text: 'Signed.', signature: 'x' },
            { type: 'reasoning', text: '', encrypted: 'y' },
            { type: 'reasoning', text: 'Marked.', providerMetadata: { openai: {} } },
            { type: 'text', text: '' },
            { type: 'text', text: 'Hello' },
            { type: 'cohere:note', value: { type: 'note', note: 'n' } },
            { type: 'openai:web_search_call', item: { id: 'ws' } },
          ],
        },
        { role: 'assistant', content: [{ type: 'reasoning', text: 'Signed.', signature: 'x' }] },
        { role: 'user', content: 'Hi' },
      ],
      [
        ...HI,
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm.' },
            { type: 'text', text: 'Hello' },
            { type: 'note', note: 'n' },
          ],
        },
        ...HI,
      ],
    ],
  ])('%s', async (_name, input, messages, more = {}) => {
    const { body, warnings } = await sent(input);
    expect(body).toEqual({ model: 'command-test', messages, ...more });
    // What belongs to others stays behind, and is told of.
    const told = new Set(['messages', 'reasoning', 'cache-point']);
    expect(warnings.filter(({ setting }) => !told.has(setting ?? ''))).toEqual([]);
  });

  it('refuses text in a tool message, saying what belongs there', async () => {
    const input: ChatInput = [{ role: 'tool', content: '06:40' }];
    await expect(sent(input)).rejects.toMatchObject({ code: 'invalid-request' });
  });
});

function user(...content: ContentBlock[]): ChatInput {
  return [{ role: 'user', content }];
}

function results(...content: ContentBlock[]): ChatInput {
  return [
    { role: 'user', content: 'Hi' },
    { role: 'tool', content },
  ];
}

function image(): Extract<ContentBlock, { type: 'image' }> {
  return { type: 'image', source: { data: PNG, mediaType: 'image/png' } };
}
