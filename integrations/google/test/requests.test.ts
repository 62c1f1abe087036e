import { describe, expect, it } from 'vitest';
import type { ChatMessage, ToolDefinition } from '@mortise/core';
import { sent } from './sent.ts';

const WEATHER: ToolDefinition = {
  name: 'weather',
  description: 'Tells it',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const TIME: ToolDefinition = { name: 'time', parameters: { type: 'object', properties: {} } };
const png = { data: 'iVBORw0KGgo=', mediaType: 'image/png' };

describe('a request', () => {
  it('L-03: is one user turn for a string, and nothing else', async () => {
    const { body, url, headers, warnings } = await sent('Hi');
    expect(body).toEqual({ contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] });
    expect(url).toBe('https://generativelanguage.googleapis.com/v1beta/models/gemini-test:generateContent');
    expect(headers.get('x-goog-api-key')).toBe('google-test');
    expect(warnings).toEqual([]);
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
      { temperature: 0.5, topP: 0.9, maxOutputTokens: 9, stop: ['END'], seed: 7 },
    );
    expect(body).toEqual({
      contents: [
        { role: 'user', parts: [{ text: 'One' }, { text: 'Two' }] },
        { role: 'model', parts: [{ text: 'Three' }] },
        { role: 'user', parts: [{ text: 'Four' }] },
      ],
      systemInstruction: { parts: [{ text: 'Be short.' }] },
      generationConfig: { temperature: 0.5, topP: 0.9, maxOutputTokens: 9, stopSequences: ['END'], seed: 7 },
    });
  });

  it('L-03: moves a later system message to the beginning, with a warning', async () => {
    const { body, warnings } = await sent([
      { role: 'user', content: 'Hi' },
      { role: 'system', content: 'Late.' },
    ]);
    expect(body['systemInstruction']).toEqual({ parts: [{ text: 'Late.' }] });
    expect(warnings).toHaveLength(1);
  });

  it('refuses messages without anything to say', async () => {
    await expect(sent([{ role: 'user', content: '' }])).rejects.toMatchObject({ code: 'invalid-request' });
  });
});

describe('media', () => {
  it.each([
    ['an image', { type: 'image', source: png }, { inlineData: { mimeType: 'image/png', data: png.data } }],
    [
      'bytes',
      { type: 'audio', source: { data: new Uint8Array([1, 2, 3]), mediaType: 'audio/wav' } },
      { inlineData: { mimeType: 'audio/wav', data: 'AQID' } },
    ],
    [
      'a data URL',
      { type: 'image', source: { url: `data:image/png;base64,${png.data}` } },
      { inlineData: { mimeType: 'image/png', data: png.data } },
    ],
    [
      'a file that was uploaded',
      { type: 'video', source: { url: 'https://example.com/files/1', mediaType: 'video/mp4' } },
      { fileData: { fileUri: 'https://example.com/files/1', mimeType: 'video/mp4' } },
    ],
    [
      'a document of a bucket',
      { type: 'document', source: { url: 'gs://bucket/a.pdf', mediaType: 'application/pdf' } },
      { fileData: { fileUri: 'gs://bucket/a.pdf', mimeType: 'application/pdf' } },
    ],
    ['a text as a document', { type: 'document', source: { text: 'Words.' } }, { text: 'Words.' }],
  ])('L-03: %s', async (_name, block, part) => {
    const { body } = await sent([{ role: 'user', content: [block] } as ChatMessage]);
    expect(body['contents']).toEqual([{ role: 'user', parts: [part] }]);
  });

  it('C-08: leaves out the detail of an image and the wish for citations, with a warning each', async () => {
    const { body, warnings } = await sent([
      {
        role: 'user',
        content: [
          { type: 'image', source: png, detail: 'high' },
          { type: 'document', title: 'T', source: { text: 'Words.' }, citations: true },
        ],
      },
    ]);
    expect(body['contents']).toEqual([
      {
        role: 'user',
        parts: [{ inlineData: { mimeType: 'image/png', data: png.data } }, { text: 'T' }, { text: 'Words.' }],
      },
    ]);
    expect(warnings.map(({ setting }) => setting)).toEqual(['detail', 'citations']);
  });
});

describe('tools', () => {
  it('T-01: are declared by JSON Schema', async () => {
    const { body } = await sent('Hi', { tools: [WEATHER, TIME] });
    const [{ functionDeclarations }] = body['tools'] as [{ functionDeclarations: object[] }];
    expect(functionDeclarations[0]).toMatchObject({
      name: 'weather',
      description: 'Tells it',
      parametersJsonSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    });
    expect(body).not.toHaveProperty('toolConfig');
  });

  it.each([
    ['auto', { mode: 'AUTO' }],
    ['none', { mode: 'NONE' }],
    ['required', { mode: 'ANY' }],
    [{ tool: 'time' }, { mode: 'ANY', allowedFunctionNames: ['time'] }],
    [{ tools: ['time'] }, { mode: 'VALIDATED', allowedFunctionNames: ['time'] }],
    [
      { tools: ['time'], required: true },
      { mode: 'ANY', allowedFunctionNames: ['time'] },
    ],
  ] as const)('T-01: are chosen: %j', async (toolChoice, functionCallingConfig) => {
    const { body } = await sent('Hi', { tools: [WEATHER, TIME], toolChoice });
    expect(body['toolConfig']).toEqual({ functionCallingConfig });
  });

  it('T-01: that are strict are validated', async () => {
    const { body } = await sent('Hi', { tools: [{ ...WEATHER, strict: true }] });
    expect(body['toolConfig']).toEqual({ functionCallingConfig: { mode: 'VALIDATED' } });
  });

  it('C-14: calls and results go back by name and id, results before anything else', async () => {
    const { body } = await sent(
      [
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          content: [
            { type: 'tool-call', id: 'a1', name: 'weather', arguments: { city: 'Rome' } },
            { type: 'tool-call', id: 'a2', name: 'time', arguments: {} },
          ],
        },
        {
          role: 'user',
          content: [{ type: 'text', text: 'And?' }],
        },
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              toolCallId: 'a1',
              content: [
                { type: 'text', text: 'Sun' },
                { type: 'image', source: png },
              ],
            },
            { type: 'tool-result', toolCallId: 'a2', content: '', isError: true },
          ],
        },
      ],
      { tools: [WEATHER, TIME] },
    );
    expect((body['contents'] as object[]).slice(1)).toEqual([
      {
        role: 'model',
        parts: [
          { functionCall: { id: 'a1', name: 'weather', args: { city: 'Rome' } } },
          { functionCall: { id: 'a2', name: 'time', args: {} } },
        ],
      },
      {
        role: 'user',
        parts: [
          {
            functionResponse: {
              id: 'a1',
              name: 'weather',
              response: { output: 'Sun' },
              parts: [{ inlineData: { mimeType: 'image/png', data: png.data } }],
            },
          },
          {
            functionResponse: {
              id: 'a2',
              name: 'time',
              response: { error: 'The tool failed and said nothing.' },
            },
          },
          { text: 'And?' },
        ],
      },
    ]);
  });

  it('C-08: a result whose tool nobody names is refused', async () => {
    const result = { type: 'tool-result', toolCallId: 'x', content: 'Sun' } as const;
    const messages: ChatMessage[] = [
      { role: 'user', content: 'Hi' },
      { role: 'tool', content: [result] },
    ];
    await expect(sent(messages, { tools: [WEATHER] })).rejects.toThrow(/toolName|call/);
  });
});

describe('reasoning', () => {
  it.each([
    [{ effort: 'none' }, { thinkingBudget: 0 }],
    [{ effort: 'low' }, { thinkingLevel: 'LOW' }],
    [
      { effort: 'high', summary: 'auto' },
      { thinkingLevel: 'HIGH', includeThoughts: true },
    ],
    [{ budgetTokens: 512 }, { thinkingBudget: 512 }],
    [
      { budgetTokens: 512, summary: 'omitted' },
      { thinkingBudget: 512, includeThoughts: false },
    ],
  ] as const)('L-03: %j', async (reasoning, thinkingConfig) => {
    const { body, warnings } = await sent('Hi', { reasoning });
    expect(body['generationConfig']).toEqual({ thinkingConfig });
    expect(warnings).toEqual([]);
  });

  it('C-08: takes an effort or a budget, not both', async () => {
    const { body, warnings } = await sent('Hi', { reasoning: { effort: 'low', budgetTokens: 512 } });
    expect(body['generationConfig']).toEqual({ thinkingConfig: { thinkingLevel: 'LOW' } });
    expect(warnings.map(({ setting }) => setting)).toEqual(['reasoning.budgetTokens']);
  });

  it('C-08: of another provider is left out, with a warning', async () => {
    const { body, warnings } = await sent([
      { role: 'user', content: 'Hi' },
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'Hm.' },
          { type: 'text', text: 'So.' },
        ],
      },
      { role: 'user', content: 'Go on' },
    ]);
    expect((body['contents'] as object[])[1]).toEqual({ role: 'model', parts: [{ text: 'So.' }] });
    expect(warnings).toHaveLength(1);
  });
});

describe('structured output', () => {
  it('L-05: is a schema in Gemini’s dialect', async () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'string', pattern: '^x' }, b: { type: 'integer', minimum: 1 } },
      required: ['a'],
      additionalProperties: false,
    };
    const { body } = await sent('Hi', { responseFormat: { type: 'json', schema, description: 'D' } });
    const { generationConfig } = body as { generationConfig: Record<string, any> };
    expect(generationConfig['responseMimeType']).toBe('application/json');
    expect(generationConfig['responseJsonSchema']).toMatchObject({ description: 'D', required: ['a'] });
    const { properties } = generationConfig['responseJsonSchema'];
    expect(properties.b).toMatchObject({ type: 'integer', minimum: 1 });
    // What the API does not take is for the model to read.
    expect(properties.a).not.toHaveProperty('pattern');
    expect(properties.a.description).toContain('^x');
  });

  it('L-05: without a schema is any JSON', async () => {
    const { body } = await sent('Hi', { responseFormat: { type: 'json' } });
    expect(body['generationConfig']).toEqual({ responseMimeType: 'application/json' });
  });
});

describe('C-07: providerOptions.google', () => {
  it('is merged last', async () => {
    const { body } = await sent('Hi', {
      tools: [TIME],
      temperature: 1,
      providerOptions: {
        google: {
          tools: [{ googleSearch: {} }],
          generationConfig: { topK: 3, temperature: undefined },
          cachedContent: 'cachedContents/1',
          safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
        },
      },
    });
    expect(body['tools']).toMatchObject([{ functionDeclarations: [{ name: 'time' }] }, { googleSearch: {} }]);
    expect(body).toMatchObject({ cachedContent: 'cachedContents/1', generationConfig: { topK: 3 } });
    expect(body['safetySettings']).toHaveLength(1);
  });
});

describe('Vertex AI', () => {
  const vertex = { apiKey: undefined, project: 'p', headers: { Authorization: 'Bearer t' } };
  it.each([
    [undefined, 'https://aiplatform.googleapis.com', 'global'],
    ['eu', 'https://aiplatform.eu.rep.googleapis.com', 'eu'],
    ['europe-west4', 'https://europe-west4-aiplatform.googleapis.com', 'europe-west4'],
  ])('is reached in %s', async (location, host, place) => {
    const { url, headers, body } = await sent('Hi', {}, { ...vertex, location });
    expect(url).toBe(
      `${host}/v1beta1/projects/p/locations/${place}/publishers/google/models/gemini-test:generateContent`,
    );
    expect(headers.get('authorization')).toBe('Bearer t');
    expect(headers.get('x-goog-api-key')).toBeNull();
    expect(body).toEqual({ contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] });
  });

  it('takes no key beside it, and no location without it', async () => {
    await expect(sent('Hi', {}, { project: 'p', apiKey: 'k' })).rejects.toMatchObject({
      code: 'configuration',
    });
    await expect(sent('Hi', {}, { location: 'eu' })).rejects.toMatchObject({ code: 'configuration' });
  });
});
