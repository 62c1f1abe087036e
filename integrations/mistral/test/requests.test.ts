import type { ChatMessage, ContentBlock } from '@mortise/core/llm';
import { describe, expect, it } from 'vitest';
import { sent } from './sent.ts';

const WEATHER = {
  name: 'weather',
  description: 'The weather in a city.',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
};

const user = (...content: ContentBlock[]): ChatMessage[] => [{ role: 'user', content }];

describe('the whole request', () => {
  it('L-07: carries messages, settings and tools under the names of the API', async () => {
    const messages: ChatMessage[] = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: [{ type: 'text', text: 'Hello.' }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'And' },
          { type: 'text', text: ' now?' },
        ],
      },
    ];
    const { body, url, headers, warnings } = await sent(messages, {
      tools: [{ ...WEATHER, strict: true }],
      toolChoice: 'auto',
      temperature: 0.2,
      topP: 0.9,
      maxOutputTokens: 50,
      stop: ['END'],
      seed: 7,
      reasoning: { effort: 'high' },
    });
    expect(url).toBe('https://api.mistral.ai/v1/chat/completions');
    expect(headers.get('authorization')).toBe('Bearer mistral-test');
    expect(headers.has('cookie')).toBe(false);
    expect(warnings).toEqual([]);
    expect(body).toEqual({
      model: 'mistral-test',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'And' },
            { type: 'text', text: ' now?' },
          ],
        },
      ],
      tools: [{ type: 'function', function: { ...WEATHER, strict: true } }],
      tool_choice: 'auto',
      temperature: 0.2,
      top_p: 0.9,
      max_tokens: 50,
      stop: ['END'],
      random_seed: 7,
      reasoning_effort: 'high',
    });
  });

  it.each([
    ['auto', 'auto'],
    ['none', 'none'],
    ['required', 'any'],
    [{ tool: 'weather' }, { type: 'function', function: { name: 'weather' } }],
  ] as const)('L-07: says the tool choice %j as %j', async (toolChoice, expected) => {
    const { body } = await sent('Hi', { tools: [WEATHER], toolChoice });
    expect(body['tool_choice']).toEqual(expected);
  });

  it('C-15: asks for a schema, held to it where it has a strict form', async () => {
    const schema = WEATHER.parameters;
    const asked = await sent('Hi', { responseFormat: { type: 'json', name: 'city', schema } });
    expect(asked.body['response_format']).toEqual({
      type: 'json_schema',
      json_schema: { name: 'city', schema, strict: true },
    });
    const open = { type: 'object', properties: {}, additionalProperties: { type: 'string' } };
    const loose = await sent('Hi', { responseFormat: { type: 'json', schema: open } });
    expect(loose.body['response_format']).toMatchObject({ json_schema: { name: 'response', strict: false } });
    const any = await sent('Hi', { responseFormat: { type: 'json' } });
    expect(any.body['response_format']).toEqual({ type: 'json_object' });
    expect((await sent('Hi', { responseFormat: { type: 'text' } })).body['response_format']).toEqual({
      type: 'text',
    });
  });

  it('C-07: lays the provider’s own options over it, its tools beside the call’s', async () => {
    const { body } = await sent('Hi', {
      tools: [WEATHER],
      temperature: 0.5,
      providerOptions: {
        mistral: {
          safe_prompt: true,
          prompt_mode: 'reasoning',
          parallel_tool_calls: false,
          temperature: undefined,
          tools: [{ type: 'web_search' }],
        },
      },
    });
    expect(body).toMatchObject({ safe_prompt: true, prompt_mode: 'reasoning', parallel_tool_calls: false });
    expect(body).not.toHaveProperty('temperature');
    expect(body['tools']).toHaveLength(2);
    expect(body['tools'][1]).toEqual({ type: 'web_search' });
  });

  it('C-08: leaves out what there is no field for, and says so', async () => {
    const options = { reasoning: { budgetTokens: 100, summary: 'auto' } } as const;
    const { body, warnings } = await sent('Hi', options);
    expect(Object.keys(body)).toEqual(['model', 'messages']);
    expect(warnings.map(({ setting }) => setting)).toEqual(['reasoning.budgetTokens', 'reasoning.summary']);
    await expect(sent('Hi', { ...options, strict: true })).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('C-08: sends a strict tool whose schema has no strict form without', async () => {
    const parameters = { type: 'object', additionalProperties: { type: 'string' } };
    const { body, warnings } = await sent('Hi', { tools: [{ name: 'f', parameters, strict: true }] });
    expect(body['tools'][0].function).not.toHaveProperty('strict');
    expect(warnings.map(({ setting }) => setting)).toEqual(['tools.strict']);
  });
});

describe('the prefix', () => {
  it('L-07: is a last message of the assistant', async () => {
    const start: ChatMessage = { role: 'assistant', content: [{ type: 'text', text: 'Dear' }] };
    const messages: ChatMessage[] = [{ role: 'user', content: 'Write.' }, start];
    const { body } = await sent(messages);
    expect(body['messages'][1]).toEqual({ role: 'assistant', content: 'Dear', prefix: true });
    const more = await sent([...messages, { role: 'user', content: 'On' }]);
    expect(more.body['messages'][1]).toEqual({ role: 'assistant', content: 'Dear' });
  });
});

describe('the chunks of a user’s message', () => {
  const data = new Uint8Array([1, 2, 3]);

  it.each<[string, ContentBlock, object]>([
    [
      'an image by its address',
      { type: 'image', source: { url: 'https://h.test/a.png' }, detail: 'low' },
      { type: 'image_url', image_url: { url: 'https://h.test/a.png', detail: 'low' } },
    ],
    [
      'an image by its bytes',
      { type: 'image', source: { data, mediaType: 'image/png' } },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AQID' } },
    ],
    [
      'a document by its address',
      { type: 'document', source: { url: 'https://h.test/a.pdf' }, title: 'a.pdf' },
      { type: 'document_url', document_url: 'https://h.test/a.pdf', document_name: 'a.pdf' },
    ],
    [
      'a document by its bytes',
      { type: 'document', source: { data, mediaType: 'application/pdf' } },
      { type: 'document_url', document_url: 'data:application/pdf;base64,AQID' },
    ],
    [
      'a document that is text',
      { type: 'document', source: { text: 'The moon.' }, title: 'Moon', context: 'A report.' },
      { type: 'text', text: 'Moon\n\nA report.\n\nThe moon.' },
    ],
    [
      'sound by its bytes',
      { type: 'audio', source: { data, mediaType: 'audio/mpeg' } },
      { type: 'input_audio', input_audio: 'AQID' },
    ],
    [
      'sound by its address',
      { type: 'audio', source: { url: 'https://h.test/a.mp3' } },
      { type: 'input_audio', input_audio: 'https://h.test/a.mp3' },
    ],
    [
      'sound in a data URL',
      { type: 'audio', source: { url: 'data:audio/mpeg;base64,AQID' } },
      { type: 'input_audio', input_audio: 'AQID' },
    ],
    [
      'a file that was uploaded',
      { type: 'mistral:file', value: { type: 'file', file_id: 'f1' } },
      { type: 'file', file_id: 'f1' },
    ],
  ])('L-07: hold %s', async (_name, block, chunk) => {
    const { body, warnings } = await sent(user({ type: 'text', text: 'Look.' }, block));
    expect(body['messages'][0].content).toEqual([{ type: 'text', text: 'Look.' }, chunk]);
    expect(warnings).toEqual([]);
  });

  it('C-08: say what has no place in a document', async () => {
    const source = { url: 'https://h.test/a.pdf' };
    const block: ContentBlock = { type: 'document', source, context: 'A report.', citations: true };
    const { warnings } = await sent(user(block, { type: 'text', text: 'Read.' }));
    expect(warnings.map(({ setting }) => setting)).toEqual(['citations', 'context']);
  });

  it('C-08: hold no video, and a system message texts alone', async () => {
    const video: ContentBlock = { type: 'video', source: { url: 'https://h.test/a.mp4' } };
    const image: ContentBlock = { type: 'image', source: { url: 'https://h.test/a.png' } };
    const modalities = ['text', 'image', 'video'];
    const settings = { metadata: { capabilities: { inputModalities: modalities } } };
    await expect(sent(user(video), {}, settings)).rejects.toMatchObject({ code: 'unsupported' });
    const system: ChatMessage[] = [
      { role: 'system', content: [image] },
      ...user({ type: 'text', text: 'Hi' }),
    ];
    await expect(sent(system)).rejects.toMatchObject({ code: 'unsupported' });
    const assistant: ChatMessage[] = [
      { role: 'assistant', content: [image] },
      ...user({ type: 'text', text: 'Hi' }),
    ];
    await expect(sent(assistant)).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('C-14: leave out what another provider’s block holds, and say so', async () => {
    const { body, warnings } = await sent(
      user({ type: 'text', text: 'Hi' }, { type: 'openai:file', item: { id: 'f' } }),
    );
    expect(body['messages'][0].content).toBe('Hi');
    expect(warnings).toHaveLength(1);
  });
});

describe('tools', () => {
  const loop = (id: string, results: ContentBlock[]): ChatMessage[] => [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: [{ type: 'tool-call', id, name: 'weather', arguments: { city: 'Rome' } }] },
    { role: 'tool', content: results },
  ];

  it('C-14: have ids of nine letters and digits, call and result alike', async () => {
    const result: ContentBlock = { type: 'tool-result', toolCallId: 'call_from-elsewhere', content: 'Sun.' };
    const { body } = await sent(loop('call_from-elsewhere', [result]), { tools: [WEATHER] });
    const [, assistant, tool] = body['messages'];
    const { id } = assistant.tool_calls[0];
    expect(id).toMatch(/^[a-zA-Z0-9]{9}$/);
    expect(assistant).toEqual({
      role: 'assistant',
      content: '',
      tool_calls: [{ id, type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } }],
    });
    expect(tool).toEqual({ role: 'tool', tool_call_id: id, name: 'weather', content: 'Sun.' });
  });

  it('C-14: have other ids where the application says so', async () => {
    const result: ContentBlock = { type: 'tool-result', toolCallId: 'call_1', content: 'Sun.' };
    const { body } = await sent(
      loop('call_1', [result]),
      { tools: [WEATHER] },
      { callIds: { maxLength: 40 } },
    );
    expect(body['messages'][2].tool_call_id).toBe('call_1');
  });

  it('L-07: give texts and pictures; a failure that says nothing says that', async () => {
    const picture: ContentBlock = { type: 'image', source: { url: 'https://h.test/a.png' } };
    const { body } = await sent(
      loop('abcdefgh1', [
        { type: 'tool-result', toolCallId: 'abcdefgh1', content: [{ type: 'text', text: 'Sun.' }, picture] },
        { type: 'tool-result', toolCallId: 'abcdefgh1', content: '', isError: true },
        { type: 'tool-result', toolCallId: 'abcdefgh1', content: [] },
      ] as ContentBlock[]),
      { tools: [WEATHER] },
    );
    expect(body['messages'].slice(2).map(({ content }: { content: unknown }) => content)).toEqual([
      [
        { type: 'text', text: 'Sun.' },
        { type: 'image_url', image_url: { url: 'https://h.test/a.png' } },
      ],
      'The tool failed.',
      '',
    ]);
  });

  it('L-07: refuses a tool message that answers no call', async () => {
    const messages = loop('abcdefgh1', [{ type: 'text', text: 'Sun.' }]);
    await expect(sent(messages, { tools: [WEATHER] })).rejects.toMatchObject({ code: 'invalid-request' });
  });
});
