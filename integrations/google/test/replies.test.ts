import { describe, expect, it } from 'vitest';
import { GoogleLLM } from '@mortise/google';
import type { ChatResponse } from '@mortise/core';

type Json = Record<string, unknown>;

function llmOf(response: () => Response, bodies: string[] = []): GoogleLLM {
  const fetch = (_input: unknown, init?: RequestInit): Promise<Response> => {
    bodies.push(init?.body as string);
    return Promise.resolve(response());
  };
  return new GoogleLLM({ model: 'm', apiKey: 'test', fetch, retry: false, name: 'one' });
}

const whole = (body: Json) => () => Response.json(body);
const streamed = (events: readonly Json[]) => () =>
  new Response(events.map((event) => `data: ${JSON.stringify(event)}\r\n\r\n`).join(''), {
    headers: { 'content-type': 'text/event-stream' },
  });

const event = (parts: readonly Json[], more: Json = {}): Json => ({
  candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }],
  modelVersion: 'm-001',
  responseId: 'r1',
});

/** The same reply, whole and as one event for each part. */
async function both(parts: readonly Json[], more: Json = { finishReason: 'STOP' }, beside: Json = {}) {
  const last = parts.length - 1;
  const events = parts.map((part, at) => ({
    ...event([part], at === last ? more : {}),
    ...(at === last ? beside : {}),
  }));
  const replies: ChatResponse[] = [
    await llmOf(whole({ ...event(parts, more), ...beside })).chat('Hi'),
    await llmOf(streamed(events)).streamChat('Hi').final(),
  ];
  return replies;
}

describe('parts', () => {
  it('L-03: calls without ids get unique ones, and one that comes is kept', async () => {
    const call = (id?: string) => ({
      functionCall: { name: 'w', args: { c: 1 }, ...(id === undefined ? {} : { id }) },
    });
    for (const reply of await both([call(), call(), call('own')])) {
      const ids = reply.toolCalls.map(({ id }) => id);
      expect(new Set(ids).size).toBe(3);
      expect(ids[2]).toBe('own');
      expect(reply.finishReason).toEqual({ unified: 'tool-calls', raw: 'STOP' });
      expect(reply.toolCalls[0]).toMatchObject({ name: 'w', arguments: { c: 1 } });
    }
  });

  it('C-14: signatures and parts of its own go back as they came', async () => {
    const parts = [
      { text: 'Thinking.', thought: true, thoughtSignature: 'c2ln+/=0' },
      { text: 'Let me see.' },
      { executableCode: { language: 'PYTHON', code: 'print(1)' }, thoughtSignature: 'c2ln1' },
      { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1\n' } },
      { inlineData: { mimeType: 'image/png', data: 'AQID' }, thoughtSignature: 'c2ln2' },
      { functionCall: { id: 'c1', name: 'w', args: {} }, thoughtSignature: 'c2ln3' },
      { text: '', thoughtSignature: 'c2ln4' },
    ];
    for (const mode of [
      whole(event(parts, { finishReason: 'STOP' })),
      streamed([...parts.map((part) => event([part])), event([], { finishReason: 'STOP' })]),
    ]) {
      const bodies: string[] = [];
      const llm = llmOf(mode, bodies);
      const isStream = mode().headers.get('content-type') === 'text/event-stream';
      const { message } = await (isStream ? llm.streamChat('Hi').final() : llm.chat('Hi'));
      expect(message.content.map(({ type }) => type)).toEqual([
        'reasoning',
        'text',
        'google:executableCode',
        'google:codeExecutionResult',
        'google:inlineData',
        'tool-call',
        'text',
      ]);
      const back = [
        { role: 'user' as const, content: 'Hi' },
        JSON.parse(JSON.stringify(message)) as typeof message,
        {
          role: 'tool' as const,
          content: [{ type: 'tool-result' as const, toolCallId: 'c1', content: 'x' }],
        },
      ];
      const tools = [{ name: 'w', parameters: { type: 'object' } }];
      await (isStream ? llm.streamChat(back, { tools }).final() : llm.chat(back, { tools }));
      const { contents } = JSON.parse(bodies[1]!) as { contents: { parts: Json[] }[] };
      expect(contents[1]!.parts).toEqual(parts);
    }
  });

  it('L-03: thoughts of several pieces are one block', async () => {
    const [, stream] = await both([
      { text: 'a', thought: true },
      { text: 'b', thought: true },
      { text: 'c' },
      { text: 'd' },
    ]);
    expect(stream!.message.content).toMatchObject([
      { type: 'reasoning', text: 'ab' },
      { type: 'text', text: 'cd' },
    ]);
  });
});

it('L-03: arguments that come by their paths are put together', async () => {
  const piece = (functionCall: Json, more: Json = {}): Json => event([{ functionCall, ...more }]);
  const events = [
    piece({ name: 'w', willContinue: true }, { thoughtSignature: 'c2ln' }),
    piece({
      partialArgs: [{ jsonPath: '$.city', stringValue: 'New ', willContinue: true }],
      willContinue: true,
    }),
    piece({ partialArgs: [{ jsonPath: '$.city', stringValue: 'York' }], willContinue: true }),
    piece({ partialArgs: [{ jsonPath: '$.days[0].n', numberValue: 2 }], willContinue: true }),
    piece({ partialArgs: [{ jsonPath: '$.ok', boolValue: true }], willContinue: true }),
    piece({}),
    piece({ name: 'w', args: { city: 'Rome' } }),
    event([], { finishReason: 'STOP' }),
  ];
  const { toolCalls } = await llmOf(streamed(events)).streamChat('Hi').final();
  expect(toolCalls.map(({ arguments: args }) => args)).toEqual([
    { city: 'New York', days: [{ n: 2 }], ok: true },
    { city: 'Rome' },
  ]);
  expect(toolCalls[0]).toMatchObject({ providerMetadata: { google: { thoughtSignature: 'c2ln' } } });
  const astray = [
    piece({ name: 'w', willContinue: true, partialArgs: [{ jsonPath: '$.__proto__.x', boolValue: true }] }),
  ];
  await expect(llmOf(streamed(astray)).streamChat('Hi').final()).rejects.toMatchObject({
    code: 'malformed-response',
  });
});

describe('ends', () => {
  it.each([
    ['MAX_TOKENS', 'length'],
    ['SAFETY', 'content-filter'],
    ['RECITATION', 'content-filter'],
    ['PROHIBITED_CONTENT', 'content-filter'],
    ['SPII', 'content-filter'],
    ['IMAGE_SAFETY', 'content-filter'],
    ['LANGUAGE', 'other'],
  ])('L-02: %s is %s, and its categories are kept', async (finishReason, unified) => {
    const safetyRatings = [{ category: 'HARM_CATEGORY_HARASSMENT', probability: 'HIGH', blocked: true }];
    for (const reply of await both([{ text: 'Half' }], { finishReason, safetyRatings })) {
      expect(reply.finishReason).toEqual({ unified, raw: finishReason });
      expect(reply.providerMetadata).toMatchObject({ google: { safetyRatings } });
    }
  });

  it('E-06: a prompt that was blocked is a reply without content', async () => {
    const body = {
      promptFeedback: { blockReason: 'SAFETY', safetyRatings: [{ category: 'X' }] },
      responseId: 'r',
    };
    for (const reply of [
      await llmOf(whole(body)).chat('Hi'),
      await llmOf(streamed([body]))
        .streamChat('Hi')
        .final(),
    ]) {
      expect(reply.finishReason).toEqual({ unified: 'content-filter', raw: 'SAFETY' });
      expect(reply.text).toBe('');
      expect(reply.providerMetadata).toMatchObject({ google: { promptFeedback: { blockReason: 'SAFETY' } } });
    }
  });

  it.each(['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL', 'MALFORMED_RESPONSE'])(
    'E-06: %s throws, with what there was',
    async (finishReason) => {
      await expect(both([{ text: 'Half' }], { finishReason, finishMessage: 'x' })).rejects.toMatchObject({
        code: 'malformed-response',
      });
      const stream = llmOf(streamed([event([{ text: 'Half' }]), event([], { finishReason })])).streamChat(
        'Hi',
      );
      await expect(stream.final()).rejects.toMatchObject({
        code: 'malformed-response',
        partial: { text: 'Half' },
      });
    },
  );

  it('E-01: a reason with every piece ends nothing, and none is a cut', async () => {
    const early = streamed([
      event([{ text: 'a' }], { finishReason: 'STOP' }),
      event([{ text: 'b' }], { finishReason: 'STOP' }),
    ]);
    expect((await llmOf(early).streamChat('Hi').final()).text).toBe('ab');
    const cut = llmOf(streamed([event([{ text: 'a' }])]))
      .streamChat('Hi')
      .final();
    await expect(cut).rejects.toMatchObject({ code: 'stream-truncated' });
  });
});

describe('usage', () => {
  it('L-01: counts tools with the prompt and thoughts with the reply', async () => {
    const usageMetadata = {
      promptTokenCount: 100,
      cachedContentTokenCount: 40,
      candidatesTokenCount: 20,
      thoughtsTokenCount: 30,
      toolUsePromptTokenCount: 5,
      totalTokenCount: 155,
    };
    for (const { usage } of await both([{ text: 'a' }], { finishReason: 'STOP' }, { usageMetadata }))
      expect(usage).toEqual({
        inputTokens: 105,
        outputTokens: 50,
        totalTokens: 155,
        cachedInputTokens: 40,
        reasoningTokens: 30,
        raw: usageMetadata,
      });
  });

  it('L-01: what counts nothing is no count in sum with another either', async () => {
    const usageMetadata = { promptTokenCount: -5, toolUsePromptTokenCount: 9, candidatesTokenCount: 2 };
    for (const { usage, warnings } of await both(
      [{ text: 'a' }],
      { finishReason: 'STOP' },
      { usageMetadata },
    )) {
      expect(usage.inputTokens).toBeUndefined();
      expect(warnings).toMatchObject([{ setting: 'usage' }]);
    }
  });
});

describe('citations', () => {
  const texts = ['Grüße 👋 aus ', 'Köln am Rhein.'];
  const bytes = (text: string): number => new TextEncoder().encode(text).length;
  const before = bytes('Grüße 👋 aus ');

  it('L-06: grounding stands in UTF-16 units of its block', async () => {
    const groundingMetadata = {
      groundingChunks: [
        { web: { uri: 'https://a.example', title: 'A' } },
        { retrievedContext: { uri: 'https://b.example', title: 'B', text: 'Köln liegt am Rhein.' } },
      ],
      groundingSupports: [
        { segment: { endIndex: bytes('Grüße 👋'), text: 'Grüße 👋' }, groundingChunkIndices: [0] },
        {
          segment: { startIndex: before, endIndex: before + bytes('Köln'), text: 'Köln' },
          groundingChunkIndices: [0, 1],
        },
      ],
    };
    for (const reply of await both(
      texts.map((text) => ({ text })),
      { finishReason: 'STOP', groundingMetadata },
    )) {
      expect(reply.citations.map(({ url }) => url)).toEqual([
        'https://a.example',
        'https://a.example',
        'https://b.example',
      ]);
      const cited = reply.message.content.flatMap((block) =>
        block.type === 'text' && 'citations' in block
          ? (block.citations as { start: number; end: number }[]).map(({ start, end }) =>
              String(block.text).slice(start, end),
            )
          : [],
      );
      expect(cited).toEqual(['Grüße 👋', 'Köln', 'Köln']);
      expect(reply.citations[2]).toMatchObject({ title: 'B', quote: 'Köln liegt am Rhein.', source: 1 });
      expect(reply.providerMetadata).toMatchObject({ google: { groundingMetadata } });
    }
  });

  it('L-06: sources of a recitation are citations too', async () => {
    const citationMetadata = { citationSources: [{ startIndex: 0, endIndex: 7, uri: 'https://c.example' }] };
    for (const reply of await both([{ text: 'Grüße an alle.' }], { finishReason: 'STOP', citationMetadata }))
      expect(reply.citations).toMatchObject([{ url: 'https://c.example', start: 0, end: 5 }]);
  });
});
