import { describe, expect, it } from 'vitest';
import type { ChatMessage, ContentBlock, ToolDefinition } from '@mortise/core';
import { sent } from './sent.ts';

const WEATHER: ToolDefinition = {
  name: 'weather',
  description: 'Tells it',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const TIME: ToolDefinition = { name: 'time', parameters: { type: 'object', properties: {} } };
const png = { data: 'iVBORw0KGgo=', mediaType: 'image/png' };
const user = (...content: ContentBlock[]): ChatMessage[] => [{ role: 'user', content }];
const text = (said: string): ContentBlock => ({ type: 'text', text: said });

describe('a request', () => {
  it('L-03: is one user turn for a string, and nothing else', async () => {
    const { body, url, headers, warnings } = await sent('Hi');
    expect(body).toEqual({ messages: [{ role: 'user', content: [{ text: 'Hi' }] }] });
    expect(url).toBe(
      'https://bedrock-runtime.eu-west-1.amazonaws.com/model/us.anthropic.claude-test-v1%3A0/converse',
    );
    expect(headers.get('authorization')).toBe('Bearer bedrock-test');
    expect(warnings).toEqual([]);
  });

  it('L-03: takes the ARN of an inference profile', async () => {
    const model = 'arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc123';
    const { url } = await sent('Hi', {}, { model });
    expect(url).toBe(
      `https://bedrock-runtime.eu-west-1.amazonaws.com/model/${encodeURIComponent(model)}/converse`,
    );
  });

  it('L-03: keeps the system apart, joins neighbours of one role and says the settings', async () => {
    const { body } = await sent(
      [
        { role: 'system', content: 'Be short.' },
        { role: 'user', content: 'One' },
        { role: 'user', content: 'Two' },
        { role: 'assistant', content: 'Three' },
        { role: 'user', content: 'Four' },
      ],
      { temperature: 0.5, topP: 0.9, maxOutputTokens: 9, stop: ['END'] },
    );
    expect(body).toEqual({
      system: [{ text: 'Be short.' }],
      messages: [
        { role: 'user', content: [{ text: 'One' }, { text: 'Two' }] },
        { role: 'assistant', content: [{ text: 'Three' }] },
        { role: 'user', content: [{ text: 'Four' }] },
      ],
      inferenceConfig: { maxTokens: 9, temperature: 0.5, topP: 0.9, stopSequences: ['END'] },
    });
  });

  it('C-08: leaves a seed out with a warning, and refuses it under strict', async () => {
    const { body, warnings } = await sent('Hi', { seed: 7 });
    expect(JSON.stringify(body)).not.toContain('7');
    expect(warnings).toMatchObject([{ setting: 'seed' }]);
    await expect(sent('Hi', { seed: 7, strict: true })).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('refuses messages without anything to say', async () => {
    await expect(sent(user(text(' \n')))).rejects.toMatchObject({ code: 'invalid-request' });
  });
});

describe('media', () => {
  it.each<[string, ContentBlock, object]>([
    ['an image', { type: 'image', source: png }, { image: { format: 'png', source: { bytes: png.data } } }],
    [
      'bytes',
      { type: 'audio', source: { data: new Uint8Array([1, 2, 3]), mediaType: 'audio/wav' } },
      { audio: { format: 'wav', source: { bytes: 'AQID' } } },
    ],
    [
      'a data URL',
      { type: 'image', source: { url: `data:image/png;base64,${png.data}` } },
      { image: { format: 'png', source: { bytes: png.data } } },
    ],
    [
      'a video in S3, its format by its name',
      { type: 'video', source: { url: 's3://bucket/a.MP4' } },
      { video: { format: 'mp4', source: { s3Location: { uri: 's3://bucket/a.MP4' } } } },
    ],
    [
      'a document',
      {
        type: 'document',
        title: 'report_1.pdf',
        context: 'Of May.',
        source: { data: 'JVBERg==', mediaType: 'application/pdf' },
        citations: true,
      },
      {
        document: {
          format: 'pdf',
          source: { bytes: 'JVBERg==' },
          name: 'report-1-pdf',
          context: 'Of May.',
          citations: { enabled: true },
        },
      },
    ],
    [
      'a text as a document',
      { type: 'document', source: { text: 'Grüße' } },
      { document: { format: 'txt', source: { bytes: 'R3LDvMOfZQ==' }, name: 'Document' } },
    ],
  ])('L-03: %s', async (_name, block, wire) => {
    const { body } = await sent(user(block, text('Look')));
    expect(body['messages'][0].content).toEqual([wire, { text: 'Look' }]);
  });

  it.each<[string, ContentBlock]>([
    ['an address', { type: 'image', source: { url: 'https://example.com/a.png' } }],
    ['a format that it does not take', { type: 'image', source: { data: 'AAAA', mediaType: 'image/tiff' } }],
    ['a place in S3 without a format', { type: 'document', source: { url: 's3://bucket/a' } }],
  ])('C-08: refuses %s', async (_name, block) => {
    await expect(sent(user(block, text('Look')))).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('L-03: gives documents names that Bedrock takes, no two alike', async () => {
    const titles = ['A', 'A', 'A (2)', 'A', '  a\t\n b ', '日本語', 'x'.repeat(300), 'x'.repeat(300)];
    const { body } = await sent(
      user(
        ...titles.map((title): ContentBlock => ({ type: 'document', title, source: { text: 'W' } })),
        text('Q'),
      ),
    );
    const names = (body['messages'][0].content as { document?: { name: string } }[]).flatMap(({ document }) =>
      document === undefined ? [] : [document.name],
    );
    expect(names.slice(0, 6)).toEqual(['A', 'A (2)', 'A (2) (2)', 'A (3)', 'a b', 'Document']);
    expect(new Set(names).size).toBe(titles.length);
    for (const name of names) expect(name).toMatch(/^(?!.*\s\s)[A-Za-z0-9\s()[\]-]{1,200}$/);
  });
});

describe('tools', () => {
  it('T-01: are declared by JSON Schema, strict where they can be', async () => {
    const { body } = await sent('Hi', {
      tools: [
        WEATHER,
        { ...TIME, parameters: { ...TIME.parameters, additionalProperties: false }, strict: true },
      ],
    });
    expect(body['toolConfig']).toEqual({
      tools: [
        { toolSpec: { name: 'weather', description: 'Tells it', inputSchema: { json: WEATHER.parameters } } },
        {
          toolSpec: {
            name: 'time',
            inputSchema: { json: expect.objectContaining({ type: 'object', additionalProperties: false }) },
            strict: true,
          },
        },
      ],
    });
  });

  it.each([
    ['auto', { auto: {} }],
    ['required', { any: {} }],
    [{ tool: 'time' }, { tool: { name: 'time' } }],
  ] as const)('T-01: are chosen: %j', async (toolChoice, wire) => {
    const { body } = await sent('Hi', { tools: [WEATHER, TIME], toolChoice });
    expect(body['toolConfig'].toolChoice).toEqual(wire);
  });

  const turns = (content: string | ContentBlock[], more: object = {}): ChatMessage[] => [
    { role: 'user', content: 'Hi' },
    {
      role: 'assistant',
      content: [
        { type: 'tool-call', id: 'a1', name: 'weather', arguments: { city: 'Rome' } },
        { type: 'tool-call', id: 'a2', name: 'time', arguments: {} },
      ],
    },
    { role: 'user', content: 'And?' },
    {
      role: 'tool',
      content: [
        { type: 'tool-result', toolCallId: 'a1', content: content as never, ...more },
        { type: 'tool-result', toolCallId: 'a2', content: '', isError: true },
      ],
    },
  ];

  it('C-14: calls and results go back by their ids, results before anything else', async () => {
    const document: ContentBlock = { type: 'document', title: 'D', source: { text: 'Words.' } };
    const result = [
      text('Sun'),
      { type: 'image', source: png } as const,
      { type: 'bedrock:json', value: { c: 3 } } as const,
      document,
    ];
    const { body } = await sent(turns(result), { tools: [WEATHER, TIME] });
    expect((body['messages'] as object[]).slice(1)).toEqual([
      {
        role: 'assistant',
        content: [
          { toolUse: { toolUseId: 'a1', name: 'weather', input: { city: 'Rome' } } },
          { toolUse: { toolUseId: 'a2', name: 'time', input: {} } },
        ],
      },
      {
        role: 'user',
        content: [
          {
            toolResult: {
              toolUseId: 'a1',
              content: [
                { text: 'Sun' },
                { image: { format: 'png', source: { bytes: png.data } } },
                { json: { c: 3 } },
                { document: { format: 'txt', source: { bytes: 'V29yZHMu' }, name: 'D' } },
              ],
            },
          },
          {
            toolResult: {
              toolUseId: 'a2',
              content: [{ text: 'The tool failed and said nothing.' }],
              status: 'error',
            },
          },
          { text: 'And?' },
        ],
      },
    ]);
  });

  it.each([
    ['are chosen not to be called', { tools: [WEATHER, TIME], toolChoice: 'none' as const }],
    ['are not given', {}],
  ])('C-08: calls and results are told in words where tools %s, with a warning', async (_name, options) => {
    const { body, warnings } = await sent(turns('Sun'), options);
    expect(body).not.toHaveProperty('toolConfig');
    expect((body['messages'] as object[]).slice(1)).toEqual([
      {
        role: 'assistant',
        content: [
          { text: 'I called the tool weather with {"city":"Rome"}.' },
          { text: 'I called the tool time with {}.' },
        ],
      },
      {
        role: 'user',
        content: [
          { text: 'And?' },
          { text: 'The tool weather gave:' },
          { text: 'Sun' },
          { text: 'The tool time failed:' },
          { text: 'The tool failed and said nothing.' },
        ],
      },
    ]);
    expect(warnings).toHaveLength(1);
  });
});

describe('cache points', () => {
  const point: ContentBlock = { type: 'cache-point' };
  it('L-07: stand behind the tools, the system, a text and a result, and never behind reasoning or another', async () => {
    const { body } = await sent(
      [
        { role: 'system', content: [point, text('S'), point, { type: 'cache-point', ttl: '1h' }] },
        { role: 'user', content: [text('Q'), point] },
        {
          role: 'assistant',
          content: [
            text('A'),
            { type: 'reasoning', text: 'hm', signature: 's', providerMetadata: { bedrock: {} } },
            point,
            { type: 'tool-call', id: 'c', name: 'time', arguments: {} },
          ],
        },
        { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'c', content: '12' }, point] },
      ],
      { tools: [TIME] },
    );
    const cachePoint = { type: 'default' };
    expect(body['toolConfig'].tools).toEqual([
      expect.objectContaining({ toolSpec: expect.anything() }),
      { cachePoint },
    ]);
    expect(body['system']).toEqual([{ text: 'S' }, { cachePoint }]);
    expect(body['messages']).toEqual([
      { role: 'user', content: [{ text: 'Q' }, { cachePoint }] },
      {
        role: 'assistant',
        content: [
          { text: 'A' },
          { cachePoint },
          { reasoningContent: { reasoningText: { text: 'hm', signature: 's' } } },
          { toolUse: { toolUseId: 'c', name: 'time', input: {} } },
        ],
      },
      {
        role: 'user',
        content: [{ toolResult: { toolUseId: 'c', content: [{ text: '12' }] } }, { cachePoint }],
      },
    ]);
  });
});

describe('reasoning', () => {
  it.each([
    [
      { effort: 'high' },
      { outputConfig: { effort: 'high' }, additionalModelRequestFields: { thinking: { type: 'adaptive' } } },
    ],
    [{ effort: 'none' }, { additionalModelRequestFields: { thinking: { type: 'disabled' } } }],
    [
      { budgetTokens: 2048 },
      { additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2048 } } },
    ],
  ] as const)('L-03: of Claude: %j', async (reasoning, wire) => {
    const { body, warnings } = await sent('Hi', { reasoning });
    expect(body).toEqual({ messages: expect.anything(), ...wire });
    expect(warnings).toEqual([]);
  });

  it('C-08: of other models is an effort alone', async () => {
    const model = 'openai.gpt-oss-120b-1:0';
    const { body, warnings } = await sent('Hi', { reasoning: { effort: 'low', budgetTokens: 9 } }, { model });
    expect(body).toEqual({ messages: expect.anything(), outputConfig: { effort: 'low' } });
    expect(warnings).toMatchObject([{ setting: 'reasoning.budgetTokens' }]);
  });
});

describe('structured output', () => {
  const schema = {
    type: 'object',
    properties: { a: { type: 'string' } },
    required: ['a'],
    additionalProperties: false,
  };
  it('L-05: is a schema as text', async () => {
    const { body } = await sent('Hi', {
      responseFormat: { type: 'json', schema, name: 'n', description: 'D' },
    });
    const { structure, type } = body['outputConfig'].textFormat;
    expect(type).toBe('json_schema');
    expect(structure.jsonSchema).toMatchObject({ name: 'n', description: 'D' });
    expect(JSON.parse(structure.jsonSchema.schema)).toEqual(schema);
  });

  it('C-08: without a schema, or with a recursive one, is refused', async () => {
    const recursive = { ...schema, properties: { a: { $ref: '#' } } };
    for (const responseFormat of [{ type: 'json' as const }, { type: 'json' as const, schema: recursive }])
      await expect(sent('Hi', { responseFormat })).rejects.toMatchObject({ code: 'unsupported' });
  });
});

describe('C-07: providerOptions.bedrock', () => {
  it('is merged last, and reaches the wire whatever the SDK knows of it', async () => {
    const guardrailConfig = { guardrailIdentifier: 'g', guardrailVersion: '1', trace: 'enabled' };
    const { body } = await sent('Hi', {
      tools: [TIME],
      temperature: 1,
      reasoning: { budgetTokens: 1024 },
      providerOptions: {
        bedrock: {
          guardrailConfig,
          performanceConfig: { latency: 'optimized' },
          inferenceConfig: { maxTokens: 5, temperature: undefined },
          additionalModelRequestFields: { top_k: 3 },
          toolConfig: { tools: [{ systemTool: { name: 'nova_grounding' } }] },
          ofTomorrow: { a: 1 },
        },
      },
    });
    expect(body).toMatchObject({
      guardrailConfig,
      performanceConfig: { latency: 'optimized' },
      inferenceConfig: { maxTokens: 5 },
      additionalModelRequestFields: { thinking: { type: 'enabled' }, top_k: 3 },
      toolConfig: { tools: [{ toolSpec: { name: 'time' } }, { systemTool: { name: 'nova_grounding' } }] },
      ofTomorrow: { a: 1 },
    });
  });
});
