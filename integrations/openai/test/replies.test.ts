import { readFileSync } from 'node:fs';
import { isMortiseError } from '@mortise/core';
import type { ChatResponse, ChatStreamEvent } from '@mortise/core/llm';
import {
  chatCompletionsStream,
  chatUsage,
  fromChatCompletionsResponse,
  fromResponsesResponse,
  OpenAILLM,
  responsesStream,
} from '@mortise/openai';
import { describe, expect, it } from 'vitest';
import { CHAT_REPLY, RESPONSE_REPLY } from './sent.ts';

type Api = 'responses' | 'chat-completions';

const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');

/** A model whose provider answers with these bytes, in pieces of `chunk`. */
function answering(api: Api, text: string, chunk = 1 << 20): OpenAILLM {
  const bytes = new TextEncoder().encode(text);
  const streamed = !text.trimStart().startsWith('{');
  const fetch = async (): Promise<Response> => {
    let at = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (at >= bytes.length) return controller.close();
        controller.enqueue(bytes.slice(at, (at += chunk)));
      },
    });
    return new Response(body, {
      headers: { 'content-type': streamed ? 'text/event-stream' : 'application/json' },
    });
  };
  return new OpenAILLM({ model: 'gpt-fixture', api, apiKey: 'sk-test', retry: false, fetch });
}

const sse = (...events: unknown[]): string =>
  events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join('');

const chunk = (delta: unknown, finish_reason: string | null = null, rest = {}): unknown => ({
  id: 'c',
  model: 'm',
  created: 1_790_000_000,
  choices: [{ index: 0, delta, finish_reason }],
  ...rest,
});

const streamed = (api: Api, ...events: unknown[]): Promise<ChatResponse> =>
  answering(api, sse(...events))
    .streamChat('q')
    .final();
const whole = (api: Api, body: unknown): Promise<ChatResponse> =>
  answering(api, JSON.stringify(body)).chat('q');

/** Without the mark of the server: what it is for stands in the conformance suite. */
const unowned = (blocks: readonly object[]): object[] =>
  blocks.map((block) => Object.fromEntries(Object.entries(block).filter(([name]) => name !== 'owner')));

const OWNER = 'openai@api.openai.com/v1';

const USAGE = {
  inputTokens: 20,
  outputTokens: 30,
  totalTokens: 50,
  cachedInputTokens: 8,
  cacheWriteTokens: 4,
  reasoningTokens: 10,
};

describe('Chat Completions replies', () => {
  it('L-01: gives every block of a whole reply', async () => {
    const response = await answering('chat-completions', fixture('chat.json')).chat('q');
    const annotation = {
      type: 'url_citation',
      url_citation: { start_index: 0, end_index: 6, title: 'A page', url: 'https://example.com/page' },
    };
    const citation = {
      type: 'citation',
      url: 'https://example.com/page',
      title: 'A page',
      start: 0,
      end: 6,
      providerMetadata: { openai: annotation },
    };
    expect(response).toEqual({
      message: {
        role: 'assistant',
        content: [
          {
            type: 'reasoning',
            text: 'The user asks — 思考.',
            providerMetadata: { openai: { field: 'reasoning_content' } },
            owner: OWNER,
          },
          { type: 'text', text: 'Grüße 😀 aus Rom', citations: [citation], owner: OWNER },
          { type: 'tool-call', id: 'call_a', name: 'weather', arguments: { city: 'Rom' } },
          { type: 'tool-call', id: 'call_b', name: 'now', arguments: {} },
          {
            type: 'openai:custom_tool_call',
            item: { id: 'call_c', type: 'custom', custom: { input: 'select 1', name: 'sql' } },
            owner: OWNER,
          },
        ],
      },
      text: 'Grüße 😀 aus Rom',
      toolCalls: [
        { type: 'tool-call', id: 'call_a', name: 'weather', arguments: { city: 'Rom' } },
        { type: 'tool-call', id: 'call_b', name: 'now', arguments: {} },
      ],
      citations: [citation],
      finishReason: { unified: 'tool-calls', raw: 'tool_calls' },
      usage: { ...USAGE, raw: expect.objectContaining({ prompt_tokens: 20 }) as unknown },
      warnings: [],
      providerMetadata: {
        openai: {
          service_tier: 'default',
          system_fingerprint: 'fp_1',
          prompt_filter_results: [{ prompt_index: 0 }],
        },
      },
      id: 'chatcmpl-fixture',
      provider: 'openai',
      model: 'gpt-fixture-1',
      createdAt: new Date(1_790_000_000_000).toISOString(),
    });
  });

  it.each([1, 2, 3, 5, 16, 333, 1 << 20])(
    'L-04: W-01 final() equals chat() in pieces of %i',
    async (size) => {
      const expected = await answering('chat-completions', fixture('chat.json')).chat('q');
      expect(await answering('chat-completions', fixture('chat.sse'), size).streamChat('q').final()).toEqual(
        expected,
      );
    },
  );

  it('L-03: gives each block its place, and asks for usage', async () => {
    const events: ChatStreamEvent[] = [];
    for await (const event of answering('chat-completions', fixture('chat.sse')).streamChat('q'))
      events.push(event);
    expect(events[0]).toEqual({
      type: 'start',
      id: 'chatcmpl-fixture',
      model: 'gpt-fixture-1',
      createdAt: new Date(1_790_000_000_000).toISOString(),
    });
    expect(events.at(-1)).toMatchObject({ type: 'finish', usage: USAGE });
    const places = events.flatMap((event) =>
      'index' in event ? [`${event.type} ${String(event.index)}`] : [],
    );
    expect(places).toEqual([
      'reasoning-delta 0',
      'reasoning-delta 0',
      'text-delta 1',
      'text-delta 1',
      'text-delta 1',
      'citation 1',
      'tool-call-start 2',
      'tool-call-start 3',
      'tool-call-delta 2',
      'tool-call-delta 2',
      'block 0',
      'block 4',
      'block 1',
      'block 2',
      'block 3',
    ]);
  });

  it('L-04: a refusal is text, marked, and finishes as content-filter', async () => {
    const message = { role: 'assistant', content: null, refusal: 'I cannot.' };
    const a = await whole('chat-completions', {
      id: 'c',
      model: 'm',
      created: 1_790_000_000,
      choices: [{ index: 0, message, finish_reason: 'stop' }],
    });
    const b = await streamed(
      'chat-completions',
      chunk({ refusal: 'I ' }),
      chunk({ refusal: 'cannot.' }),
      chunk({}, 'stop'),
      '[DONE]',
    );
    expect(a).toEqual(b);
    expect(a).toMatchObject({ text: 'I cannot.', finishReason: { unified: 'content-filter', raw: 'stop' } });
    expect(unowned(a.message.content)).toEqual([
      { type: 'text', text: 'I cannot.', providerMetadata: { openai: { refusal: true } } },
    ]);
  });

  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['content_filter', 'content-filter'],
    ['insufficient_system_resource', 'other'],
  ])('finish_reason %s is %s', async (raw, unified) => {
    const response = await streamed('chat-completions', chunk({ content: 'a' }), chunk({}, raw), '[DONE]');
    expect(response.finishReason).toEqual({ unified, raw });
  });

  it('a forced tool ends with stop, and is a tool call all the same', async () => {
    const call = { index: 0, id: 'c1', function: { name: 'now', arguments: 'null' } };
    const response = await streamed(
      'chat-completions',
      chunk({ tool_calls: [call] }),
      chunk({}, 'stop'),
      '[DONE]',
    );
    expect(response.finishReason).toEqual({ unified: 'tool-calls', raw: 'stop' });
    expect(response.toolCalls).toEqual([{ type: 'tool-call', id: 'c1', name: 'now', arguments: {} }]);
  });

  it('arguments that are not JSON are kept as they are', async () => {
    const call = { index: 0, id: 'c1', function: { name: 'now', arguments: '{"a":' } };
    const response = await streamed(
      'chat-completions',
      chunk({ tool_calls: [call] }),
      chunk({}, 'tool_calls'),
      '[DONE]',
    );
    expect(response.toolCalls).toEqual([
      { type: 'tool-call', id: 'c1', name: 'now', arguments: {}, invalid: true, argumentsText: '{"a":' },
    ]);
  });

  it.each([
    [
      'no index',
      [
        { id: 'a', function: { name: 'f', arguments: '{"x":' } },
        { function: { arguments: '1}' } },
        { id: 'b', function: { name: 'g', arguments: '{}' } },
      ],
    ],
    [
      'index 0 for every call',
      [
        { index: 0, id: 'a', function: { name: 'f', arguments: '{"x":1}' } },
        { index: 0, id: 'b', function: { name: 'g', arguments: {} } },
      ],
    ],
    [
      'an id before the name',
      [
        { index: 0, id: 'a', function: { arguments: '{"x"' } },
        { index: 0, function: { name: 'f', arguments: ':1}' } },
        { index: 1, id: 'b', function: { name: 'g' } },
      ],
    ],
  ])('W-02: takes tool calls of vendors with %s', async (_title, deltas) => {
    const chunks = deltas.map((delta) => chunk({ tool_calls: [delta] }));
    const response = await streamed('chat-completions', ...chunks, chunk({}, 'tool_calls'), '[DONE]');
    expect(response.toolCalls).toEqual([
      { type: 'tool-call', id: 'a', name: 'f', arguments: { x: 1 } },
      { type: 'tool-call', id: 'b', name: 'g', arguments: {} },
    ]);
  });

  it('W-02: takes content in parts and `reasoning`', async () => {
    const content = [
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ];
    const a = await streamed(
      'chat-completions',
      chunk({ reasoning: 'hm' }),
      chunk({ content }),
      chunk({}, 'stop'),
      '[DONE]',
    );
    const message = { content, reasoning: 'hm' };
    const b = await whole('chat-completions', {
      id: 'c',
      model: 'm',
      created: 1_790_000_000,
      choices: [{ message, finish_reason: 'stop' }],
    });
    expect(a).toEqual(b);
    expect(unowned(a.message.content)).toEqual([
      { type: 'reasoning', text: 'hm', providerMetadata: { openai: { field: 'reasoning' } } },
      { type: 'text', text: 'ab' },
    ]);
  });

  it('L-02: usage replaces and is never summed', async () => {
    const usage = (completion_tokens: number): unknown =>
      chunk({ content: 'a' }, null, { usage: { prompt_tokens: 10, completion_tokens } });
    const response = await streamed('chat-completions', usage(1), usage(2), chunk({}, 'stop'), '[DONE]');
    expect(response.usage).toMatchObject({ inputTokens: 10, outputTokens: 2, totalTokens: 12 });
  });

  it('L-01: counts reasoning as output where the total shows that it was left out', () => {
    const raw = {
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 35,
      completion_tokens_details: { reasoning_tokens: 20 },
    };
    expect(chatUsage(raw)).toEqual({
      inputTokens: 10,
      outputTokens: 25,
      totalTokens: 35,
      reasoningTokens: 20,
      raw,
    });
    const included = { ...raw, completion_tokens: 25 };
    expect(chatUsage(included)).toMatchObject({ outputTokens: 25, totalTokens: 35, reasoningTokens: 20 });
    expect(chatUsage({ prompt_tokens: 10 })).toEqual({ inputTokens: 10, raw: { prompt_tokens: 10 } });
  });

  it.each([
    ['no choice', { id: 'c', choices: [] }],
    [
      'a nameless tool call',
      { choices: [{ message: { tool_calls: [{ id: 'a', function: {} }] }, finish_reason: 'tool_calls' }] },
    ],
  ])('E-02: %s is malformed-response', async (_title, body) => {
    await expect(whole('chat-completions', body)).rejects.toMatchObject({ code: 'malformed-response' });
  });

  it.each([
    ['[DONE] alone', ['[DONE]']],
    [
      'a nameless tool call',
      [chunk({ tool_calls: [{ index: 0, id: 'a' }] }), chunk({}, 'tool_calls'), '[DONE]'],
    ],
    ['an event that is no object', [chunk({ content: 'a' }), '[1]']],
  ])('E-02: a stream of %s is malformed-response', async (_title, events) => {
    await expect(streamed('chat-completions', ...events)).rejects.toMatchObject({
      code: 'malformed-response',
    });
  });
});

describe('Responses replies', () => {
  const first = {
    type: 'url_citation',
    start_index: 0,
    end_index: 6,
    title: 'A page',
    url: 'https://example.com/page',
  };
  const second = { type: 'file_citation', index: 3, file_id: 'file-1', filename: 'notes.pdf' };
  const { output } = JSON.parse(fixture('responses.json')) as { output: Record<string, unknown>[] };

  it('L-01: gives every block of a whole reply', async () => {
    const response = await answering('responses', fixture('responses.json')).chat('q');
    const part = { id: 'msg_1', status: 'completed', phase: 'commentary' };
    expect(unowned(response.message.content)).toEqual([
      {
        type: 'reasoning',
        text: '**Plan**\n\nSearch first — 思考.',
        id: 'rs_1',
        encrypted: 'gAAAAfinal==',
        providerMetadata: { openai: { summary: output[0]!['summary'] } },
      },
      { type: 'openai:web_search_call', item: output[1] },
      {
        type: 'text',
        text: 'Grüße 😀 aus Rom',
        citations: [
          {
            type: 'citation',
            url: 'https://example.com/page',
            title: 'A page',
            start: 0,
            end: 6,
            providerMetadata: { openai: first },
          },
          { type: 'citation', title: 'notes.pdf', source: 'file-1', providerMetadata: { openai: second } },
        ],
        providerMetadata: { openai: part },
      },
      { type: 'text', text: 'Zweiter Teil', providerMetadata: { openai: part } },
      {
        type: 'tool-call',
        id: 'call_a',
        name: 'weather',
        arguments: { city: 'Rom' },
        providerMetadata: { openai: { id: 'fc_1', status: 'completed' } },
      },
      {
        type: 'tool-call',
        id: 'call_b',
        name: 'now',
        arguments: {},
        providerMetadata: { openai: { id: 'fc_2', status: 'completed' } },
      },
      { type: 'openai:custom_tool_call', item: output[5] },
    ]);
    expect(response).toMatchObject({
      text: 'Grüße 😀 aus RomZweiter Teil',
      finishReason: { unified: 'tool-calls', raw: 'completed' },
      usage: USAGE,
      id: 'resp_fixture',
      model: 'gpt-fixture-1',
      createdAt: new Date(1_790_000_000_000).toISOString(),
      providerMetadata: { openai: { service_tier: 'default' } },
    });
  });

  it.each([1, 2, 3, 5, 16, 333, 1 << 20])(
    'L-04: W-01 final() equals chat() in pieces of %i',
    async (size) => {
      const expected = await answering('responses', fixture('responses.json')).chat('q');
      expect(await answering('responses', fixture('responses.sse'), size).streamChat('q').final()).toEqual(
        expected,
      );
    },
  );

  it('L-03: deltas of each place come to the text of its block', async () => {
    const deltas = new Map<number, string>();
    const blocks = new Map<number, unknown>();
    for await (const event of answering('responses', fixture('responses.sse')).streamChat('q')) {
      if (event.type === 'text-delta' || event.type === 'reasoning-delta') {
        deltas.set(event.index, (deltas.get(event.index) ?? '') + event.delta);
      }
      if (event.type === 'block') blocks.set(event.index, event.block);
    }
    expect([...deltas.keys()]).toEqual([0, 2, 3]);
    expect([...blocks.keys()].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    for (const [index, text] of deltas) expect(blocks.get(index)).toMatchObject({ text });
  });

  it('C-07: every item goes back as it came, by way of JSON', async () => {
    const bodies: unknown[] = [];
    const llm = new OpenAILLM({
      model: 'm',
      apiKey: 'sk-test',
      fetch: async (_url, init) => {
        bodies.push(JSON.parse(init?.body as string));
        return new Response(fixture('responses.json'), { headers: { 'content-type': 'application/json' } });
      },
    });
    const { message } = await llm.chat('q');
    const stored = JSON.parse(JSON.stringify(message)) as typeof message;
    await llm.chat([{ role: 'user', content: 'q' }, stored]);
    const { input } = bodies[1] as { input: unknown[] };
    const expected = JSON.parse(
      JSON.stringify(output, (key, value: unknown) => (key === 'logprobs' ? undefined : value)),
    ) as unknown[];
    // The empty arguments of a call are those of an empty object.
    expect(input.slice(1)).toEqual(
      expected.map((item) =>
        (item as { id: string }).id === 'fc_2' ? { ...(item as object), arguments: '{}' } : item,
      ),
    );
  });

  it('gives the reasoning itself where an open-weight server sends it', async () => {
    const item = {
      id: 'rs_1',
      type: 'reasoning',
      summary: [],
      content: [{ type: 'reasoning_text', text: 'hm' }],
    };
    const response = { ...RESPONSE_REPLY, output: [item] };
    const events = [
      { type: 'response.created', response: { ...response, output: [] } },
      { type: 'response.output_item.added', output_index: 0, item: { ...item, content: [] } },
      {
        type: 'response.content_part.added',
        output_index: 0,
        content_index: 0,
        part: { type: 'reasoning_text', text: '' },
      },
      { type: 'response.reasoning_text.delta', output_index: 0, content_index: 0, delta: 'hm' },
      { type: 'response.output_item.done', output_index: 0, item },
      { type: 'response.completed', response },
      '[DONE]',
    ];
    const final = await streamed('responses', ...events);
    expect(final).toEqual(await whole('responses', response));
    expect(final.message.content).toMatchObject([{ type: 'reasoning', text: 'hm', id: 'rs_1' }]);
  });

  it('L-04: a refusal is text, marked, and finishes as content-filter', async () => {
    const item = {
      id: 'msg_1',
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'refusal', refusal: 'I cannot.' }],
    };
    const response = { ...RESPONSE_REPLY, output: [item] };
    const final = await streamed(
      'responses',
      { type: 'response.created', response: { ...response, output: [] } },
      { type: 'response.output_item.added', output_index: 0, item: { ...item, content: [] } },
      { type: 'response.refusal.delta', output_index: 0, content_index: 0, delta: 'I cannot.' },
      { type: 'response.output_item.done', output_index: 0, item },
      // Some servers send no output again.
      { type: 'response.completed', response: { ...response, output: [] } },
    );
    expect(final).toEqual(await whole('responses', response));
    expect(final.finishReason).toEqual({ unified: 'content-filter', raw: 'completed' });
    expect(unowned(final.message.content)).toEqual([
      {
        type: 'text',
        text: 'I cannot.',
        providerMetadata: { openai: { id: 'msg_1', status: 'completed', refusal: true } },
      },
    ]);
  });

  it.each([
    ['incomplete', 'max_output_tokens', 'length'],
    ['incomplete', 'content_filter', 'content-filter'],
    ['incomplete', 'steered', 'other'],
    ['queued', undefined, 'other'],
  ])('status %s for %s finishes as %s', async (status, reason, unified) => {
    const body = { ...RESPONSE_REPLY, status, incomplete_details: reason === undefined ? null : { reason } };
    const expected = { unified, raw: reason ?? status };
    expect((await whole('responses', body)).finishReason).toEqual(expected);
    const final = await streamed(
      'responses',
      { type: 'response.created', response: body },
      { type: 'response.incomplete', response: body },
    );
    expect(final.finishReason).toEqual(expected);
  });

  it.each([
    ['server_error', 'server', true],
    ['rate_limit_exceeded', 'rate-limit', true],
    ['insufficient_quota', 'quota', false],
    ['context_length_exceeded', 'context-length', false],
    ['invalid_prompt', 'content-filter', false],
    ['image_too_large', 'invalid-request', false],
    ['never_heard_of', 'server', true],
  ])('a failed response of %s is %s', async (said, code, retryable) => {
    const failed = {
      ...RESPONSE_REPLY,
      status: 'failed',
      output: [],
      error: { code: said, message: 'It broke' },
    };
    const expected = { code, retryable, provider: 'openai' };
    await expect(whole('responses', failed)).rejects.toMatchObject(expected);
    await expect(streamed('responses', { type: 'response.failed', response: failed })).rejects.toMatchObject(
      expected,
    );
    await expect(
      streamed('responses', { type: 'error', code: said, message: 'It broke' }),
    ).rejects.toMatchObject(expected);
  });

  it('E-02: JSON without an output is malformed-response', async () => {
    await expect(whole('responses', CHAT_REPLY)).rejects.toMatchObject({ code: 'malformed-response' });
  });
});

describe('wire functions for vendors', () => {
  const about = { provider: 'vendor', model: 'm' };

  it('C-07: keys what must come back by the vendor’s own name', () => {
    const { content } = fromChatCompletionsResponse(
      JSON.parse(fixture('chat.json')) as Record<string, unknown>,
      about,
    );
    expect(content[0]).toMatchObject({ providerMetadata: { vendor: { field: 'reasoning_content' } } });
    expect(content.at(-1)).toMatchObject({ type: 'vendor:custom_tool_call' });
    const reply = fromResponsesResponse(
      JSON.parse(fixture('responses.json')) as Record<string, unknown>,
      about,
    );
    expect(reply.content[1]).toMatchObject({ type: 'vendor:web_search_call' });
  });

  it('E-04: names the vendor in an error of its stream', () => {
    for (const translator of [chatCompletionsStream(about), responsesStream(about)]) {
      const data = JSON.stringify({ type: 'error', error: { code: 502, message: 'upstream' } });
      let error: unknown;
      try {
        translator.push({ event: 'message', data }, []);
      } catch (thrown) {
        error = thrown;
      }
      expect(isMortiseError(error, 'server')).toBe(true);
      expect((error as Error).message).toContain('vendor');
      expect(translator.done).toBe(false);
    }
  });
});
