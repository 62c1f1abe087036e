import { eventStream, json, startWire, type WireHandler } from '@mortise/conformance';
import { isMortiseError } from '@mortise/core';
import type { ChatInput, ChatMessage, ChatResponse, ToolDefinition } from '@mortise/core/llm';
import { runTools, tool } from '@mortise/toolkit';
import { OpenAIEmbedding, OpenAILLM } from '@mortise/openai';
import * as presets from '@mortise/openai/presets';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SERVERS, type Server } from './servers.ts';
import type { Options } from './sent.ts';

type Json = Record<string, unknown>;

const names = Object.keys(SERVERS) as (keyof typeof SERVERS)[];
const rows = names.map((name): [name: string, server: Server] => [name, SERVERS[name]]);

afterEach(() => {
  vi.unstubAllEnvs();
});

const CHUNK = { id: 'c', model: 'm' };
const HELLO: WireHandler = (request, reply) => {
  const message = { role: 'assistant', content: 'Hello' };
  if ((request.body as Json)['stream'] !== true)
    return json(reply, { ...CHUNK, choices: [{ index: 0, message, finish_reason: 'stop' }] });
  const chunk = (more: Json) => JSON.stringify({ ...CHUNK, choices: [{ index: 0, delta: {}, ...more }] });
  return eventStream(reply, [
    chunk({ delta: { content: 'Hello' } }),
    chunk({ finish_reason: 'stop' }),
    '[DONE]',
  ]);
};

/** A model of the preset at a server of ours. */
function llmAt(server: Server, url: string): OpenAILLM {
  return new OpenAILLM({ ...server.preset, model: 'm', apiKey: 'key', baseURL: url, retry: false });
}

async function asked(server: Server, streamed: boolean, input: ChatInput, options: Options = {}) {
  await using wire = await startWire(HELLO);
  const llm = llmAt(server, wire.url);
  const reply = streamed ? await llm.streamChat(input, options).final() : await llm.chat(input, options);
  return { reply, body: wire.requests[0]!.body as Json, path: wire.requests[0]!.path };
}

const parameters = {
  type: 'object',
  properties: { q: { type: 'string' } },
  required: ['q'],
  additionalProperties: false,
};
const search = { name: 'search', description: 'Searches.', parameters };
const user = (...content: object[]): ChatMessage[] => [{ role: 'user', content } as ChatMessage];
const text = { type: 'text', text: 'Hi.' };

it('has a row for every preset', () => {
  const exported = Object.entries(presets).filter(([, value]) => typeof value === 'object');
  expect(exported.map(([name]) => name).toSorted()).toEqual(names.toSorted());
  for (const [name, preset] of exported) expect(SERVERS[name as keyof typeof SERVERS].preset).toBe(preset);
});

/** Every preference at once, and tools of which one is strict. */
const PREFERENCES: Options = {
  maxOutputTokens: 77,
  temperature: 0.5,
  topP: 0.9,
  seed: 7,
  reasoning: { effort: 'minimal', budgetTokens: 512 },
};
const SPOKEN: ChatMessage[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', name: 'ada', content: [text, { type: 'text', text: 'Who?' }] } as ChatMessage,
];

describe.each(rows)('%s', (_name, server) => {
  it.each([false, true])('sends what the server takes and nothing else, streamed: %s', async (streamed) => {
    const tools: ToolDefinition[] | undefined =
      server.tools === 'refused'
        ? undefined
        : [
            { ...search, strict: true },
            { ...search, name: 'look' },
          ];
    const { reply, body, path } = await asked(server, streamed, SPOKEN, { ...PREFERENCES, tools });
    expect(reply.text).toBe('Hello');
    expect(reply.server).toBe(server.preset.name);
    expect(path).toBe('/chat/completions');
    const isUsageAsked = server.unaskedUsage !== true;
    expect(body).toEqual({
      model: 'm',
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: server.plainText === true ? 'Hi.\n\nWho?' : [text, { type: 'text', text: 'Who?' }],
          ...(server.leftOut.includes('name') ? {} : { name: 'ada' }),
        },
      ],
      temperature: 0.5,
      top_p: 0.9,
      ...(server.leftOut.includes('seed') ? {} : { seed: 7 }),
      ...server.limits,
      ...(tools === undefined
        ? {}
        : {
            tools: tools.map(({ strict, ...tool }) => ({
              type: 'function',
              function:
                strict === true && !server.leftOut.includes('tools.strict') ? { ...tool, strict } : tool,
            })),
          }),
      ...(streamed
        ? { stream: true, ...(isUsageAsked ? { stream_options: { include_usage: true } } : {}) }
        : {}),
    });
    expect(reply.warnings.map(({ setting }) => String(setting)).toSorted()).toEqual(
      server.leftOut.toSorted(),
    );
  });

  it('refuses what the server would, before anything is sent', async () => {
    const refused = await Promise.all(
      Object.entries(REQUIREMENTS).map(async ([requirement, [input, options]]) => {
        const outcome = await asked(server, false, input, options).catch((error: unknown) => error);
        if (!isMortiseError(outcome)) return [];
        expect(outcome.code, requirement).toBe('unsupported');
        return [requirement];
      }),
    );
    expect(refused.flat()).toEqual(server.refuses);
  });

  it.runIf(server.named !== undefined)('asks for one tool as the server understands it', async () => {
    const { body } = await asked(server, false, 'q', { tools: [search], toolChoice: { tool: 'search' } });
    const named = { type: 'function', function: { name: 'search' } };
    expect(body['tool_choice']).toEqual(server.named === 'by its name' ? named : 'required');
    const other = await asked(server, true, 'q', { tools: [search], toolChoice: 'required' });
    expect(other.body['tool_choice']).toEqual(server.required === 'by its name' ? named : 'required');
  });

  it('turns reasoning off in its own words', async () => {
    const { body } = await asked(server, true, 'q', { reasoning: { effort: 'none' } });
    const { model: _m, messages: _q, stream: _s, stream_options: _o, ...rest } = body;
    expect(rest).toEqual(server.off);
  });

  it('lets the caller have the last word', async () => {
    const providerOptions = { openai: { ...server.off, top_k: 3, ...nulls(server.limits) } };
    const { body } = await asked(server, false, 'q', { ...PREFERENCES, providerOptions });
    expect(body).toMatchObject({ top_k: 3 });
    for (const member of Object.keys(server.limits)) expect(Object.keys(body)).not.toContain(member);
  });

  it.runIf(server.loop !== undefined).each([false, true])(
    'goes through a tool loop with what it sends and wants back, streamed: %s',
    async (streamed) => {
      const { whole, chunks, answer, thought } = server.loop!;
      await using wire = await startWire((request, reply) => {
        const isFirst = wire.requests.length === 1;
        if ((request.body as Json)['stream'] !== true)
          return json(reply, isFirst ? whole : completed(answer));
        return eventStream(
          reply,
          isFirst ? [...chunks.map((each) => JSON.stringify(each)), '[DONE]'] : ended(answer),
        );
      });
      const look = tool({ ...search, parameters, execute: () => 'found' });
      const { text: last, messages } = await runTools(llmAt(server, wire.url), 'q', {
        tools: [look],
        ...(streamed ? { onEvent: () => undefined } : {}),
      });
      expect(last).toBe('Done.');
      const [, said] = messages;
      expect(said!.content).toEqual(
        expect.arrayContaining([
          ...(thought === undefined ? [] : [expect.objectContaining({ type: 'reasoning', text: thought })]),
          expect.objectContaining({ type: 'tool-call', name: 'search', arguments: { q: 'x' } }),
        ]),
      );
      const [, second] = wire.requests.map(({ body }) => (body as { messages: Json[] }).messages);
      const id = (second![1]!['tool_calls'] as { id: string }[])[0]!.id;
      expect(second!.slice(1)).toEqual([
        { ...server.loop!.back, tool_calls: [{ ...CALL, ...server.loop!.call, id }] },
        { role: 'tool', tool_call_id: id, content: 'found' },
      ]);
      if (server.loop!.id !== undefined) expect(id).toBe(server.loop!.id);
    },
  );

  it('says that a prompt is too long, and for how long to wait, whatever the words', async () => {
    const [status, body] = server.tooLong;
    const long = await failure(server, status, body);
    expect(long, JSON.stringify(body)).toMatchObject({ code: 'context-length', retryable: false });
    const limited = await failure(server, 429, { error: { message: 'Slow down.' } }, server.rateLimit[0]);
    expect(limited).toMatchObject({ code: 'rate-limit', retryAfterMs: server.rateLimit[1] });
  });

  it('reads the key that is its own, and never OpenAI’s', async () => {
    vi.stubEnv('OPENAI_API_KEY', 'sk-of-openai');
    const { preset } = server;
    const sent: Headers[] = [];
    const urls: string[] = [];
    const fetch = async (url: unknown, init?: RequestInit): Promise<Response> => {
      urls.push(String(url));
      sent.push(new Headers(init?.headers));
      return Response.json({ choices: [{ index: 0, message: { content: 'Hello' }, finish_reason: 'stop' }] });
    };
    const llm = new OpenAILLM({ ...preset, model: 'm', fetch, retry: false });
    if (preset.apiKeyVariable === null) {
      await llm.chat('q');
      expect(sent[0]!.get('authorization')).toBeNull();
    } else {
      vi.stubEnv(preset.apiKeyVariable, undefined);
      await expect(llm.chat('q')).rejects.toMatchObject({
        code: 'configuration',
        message: expect.stringContaining(preset.apiKeyVariable),
      });
      expect(sent).toEqual([]);
      vi.stubEnv(preset.apiKeyVariable, 'own-key');
      await llm.chat('q');
      expect(sent[0]!.get('authorization')).toBe('Bearer own-key');
    }
    expect(urls).toEqual([`${preset.baseURL}/chat/completions`]);
  });

  it.runIf(server.preset.embeddings !== false)('embeds', async () => {
    await using wire = await startWire((request, reply) => {
      const { input } = request.body as { input: string[] };
      json(reply, { data: input.map((_text, index) => ({ index, embedding: [1, index] })), usage: {} });
    });
    const { embeddings } = server.preset;
    if (embeddings === false) return;
    const { preset } = server as Server & { preset: { embeddings: typeof embeddings } };
    const embedding = new OpenAIEmbedding({ ...preset, model: 'e', apiKey: 'key', baseURL: wire.url });
    const texts = Array.from({ length: embeddings.maxBatchSize + 1 }, (_, at) => `text ${at}`);
    const result = await embedding.embedTexts(texts);
    expect(result.embeddings).toHaveLength(texts.length);
    expect(result.server).toBe(preset.name);
    expect(embedding.metadata.maxBatchTokens).toBeUndefined();
    const bodies = wire.requests.map(({ body }) => body as { input: string[] });
    expect(bodies.map(({ input }) => input.length).toSorted((a, b) => b - a)).toEqual([texts.length - 1, 1]);
    const { input: _input, ...rest } = bodies[0]!;
    expect(rest).toEqual({ model: 'e', encoding_format: embeddings.encoding ?? 'base64' });
  });
});

const schema = { ...parameters, properties: { q: { type: ['string', 'null'] } } };
const png = { data: 'aGVsbG8=', mediaType: 'image/png' };

/** What must be met or refused. */
const REQUIREMENTS: Readonly<Record<string, readonly [ChatInput, Options]>> = {
  tools: ['q', { tools: [search] }],
  'toolChoice none': ['q', { tools: [search], toolChoice: 'none' }],
  'toolChoice required': ['q', { tools: [search, { ...search, name: 'look' }], toolChoice: 'required' }],
  'toolChoice by name': ['q', { tools: [search], toolChoice: { tool: 'search' } }],
  'JSON by a schema': ['q', { responseFormat: { type: 'json', schema } }],
  'any JSON': ['q', { responseFormat: { type: 'json' } }],
  'one stop sequence': ['q', { stop: ['END'] }],
  'two stop sequences': ['q', { stop: ['END', 'STOP'] }],
  'image by bytes': [user(text, { type: 'image', source: png }), {}],
  'image by URL': [user(text, { type: 'image', source: { url: 'https://x.test/a.png' } }), {}],
  'document as text': [user(text, { type: 'document', source: { text: 'A text.' } }), {}],
  'document as PDF': [
    user(text, { type: 'document', source: { data: 'aGVsbG8=', mediaType: 'application/pdf' } }),
    {},
  ],
  'audio by bytes': [user(text, { type: 'audio', source: { data: 'aGVsbG8=', mediaType: 'audio/wav' } }), {}],
};

const CALL = { type: 'function', function: { name: 'search', arguments: '{"q":"x"}' } };

function nulls(members: Json): Json {
  return Object.fromEntries(Object.keys(members).map((name) => [name, null]));
}

function completed(content: string): Json {
  return {
    id: 'c',
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  };
}

function ended(content: string): string[] {
  const choice = { index: 0, delta: { content }, finish_reason: 'stop' };
  return [JSON.stringify({ id: 'c', model: 'm', choices: [choice] }), '[DONE]'];
}

async function failure(server: Server, status: number, body: unknown, headers: Record<string, string> = {}) {
  await using wire = await startWire((_request, reply) => json(reply, body, { status, headers }));
  return await llmAt(server, wire.url)
    .chat('q')
    .then(
      (reply: ChatResponse): unknown => reply,
      (error: unknown) => error,
    );
}

describe('thoughts in the text', () => {
  const cases: [string, string, string | undefined, string][] = [
    ['in front of the answer', '<think>\nHm, yes.\n</think>\n\nDone.', '\nHm, yes.\n', 'Done.'],
    ['after blanks, under another name', ' \n<thinking>Hm</thinking>Done.', 'Hm', 'Done.'],
    ['without an answer', '<think>Hm</think>\n', 'Hm', ''],
    ['without an end', '<think>Hm, and so o', 'Hm, and so o', ''],
    ['later on, which is the answer’s', 'Say <think>no</think>.', undefined, 'Say <think>no</think>.'],
    ['only alike', '<thin ice>', undefined, '<thin ice>'],
    ['cut in the tag', '<thin', undefined, '<thin'],
    ['with signs of less inside', '<think>a < b </thin </think>c', 'a < b </thin ', 'c'],
  ];
  it.each(cases)('%s', async (_name, said, thought, answer) => {
    const server = SERVERS.vllm;
    await using wire = await startWire((_request, reply) => json(reply, completed(said)));
    const whole = await llmAt(server, wire.url).chat('q');
    const shown = (reply: ChatResponse) =>
      reply.message.content.map((block) => [block.type, Object(block).text]);
    const expected = [
      ...(thought === undefined ? [] : [['reasoning', thought]]),
      ...(answer === '' ? [] : [['text', answer]]),
    ];
    expect(shown(whole)).toEqual(expected);
    for (const size of [1, 2, 7, 1000]) {
      const pieces = Array.from({ length: Math.ceil(said.length / size) }, (_, at) =>
        said.slice(at * size, (at + 1) * size),
      );
      await using streaming = await startWire((_request, reply) => {
        const chunks = pieces.map((content) =>
          JSON.stringify({ ...CHUNK, choices: [{ index: 0, delta: { content } }] }),
        );
        return eventStream(reply, [...chunks, ...ended('')]);
      });
      const stream = llmAt(server, streaming.url).streamChat('q');
      let deltas = '';
      for await (const event of stream) if (event.type === 'text-delta') deltas += event.delta;
      expect(deltas, `in pieces of ${size}`).toBe(answer);
      expect(shown(await stream.final())).toEqual(expected);
    }
  });

  it('do not go back, and no warning speaks of them', async () => {
    const said = completed('<think>Hm</think>Done.');
    await using wire = await startWire((_request, reply) => json(reply, said));
    const llm = llmAt(SERVERS.vllm, wire.url);
    const { message } = await llm.chat('q');
    const stored = JSON.parse(JSON.stringify(message)) as ChatMessage;
    const { warnings } = await llm.chat([
      { role: 'user', content: 'q' },
      stored,
      { role: 'user', content: 'on' },
    ]);
    expect(warnings).toEqual([]);
    expect((wire.requests[1]!.body as { messages: Json[] }).messages[1]).toEqual({
      role: 'assistant',
      content: 'Done.',
    });
  });
});

it('perplexity: keeps the sources of a reply', async () => {
  const search_results = [{ title: 'A', url: 'https://a.test' }];
  const chunk = { ...CHUNK, search_results, choices: [{ index: 0, delta: { content: 'Yes' } }] };
  await using wire = await startWire((request, reply) =>
    (request.body as Json)['stream'] === true
      ? eventStream(reply, [JSON.stringify(chunk), ...ended('')])
      : json(reply, { ...completed('Yes'), search_results }),
  );
  const llm = llmAt(SERVERS.perplexity, wire.url);
  const whole = await llm.chat('q');
  const streamed = await llm.streamChat('q').final();
  for (const { providerMetadata } of [whole, streamed])
    expect(providerMetadata).toEqual({ openai: { search_results } });
});

it('cerebras: has no list of types in a schema', async () => {
  const { body } = await asked(SERVERS.cerebras, false, 'q', { responseFormat: { type: 'json', schema } });
  const { json_schema: sent } = body['response_format'] as { json_schema: { schema: Json; strict: boolean } };
  expect(sent.strict).toBe(true);
  expect(sent.schema['properties']).toEqual({ q: { anyOf: [{ type: 'string' }, { type: 'null' }] } });
});

it('what is opaque in a reply goes back to the server of the preset alone', async () => {
  const { whole } = SERVERS.openrouter.loop;
  await using wire = await startWire((_request, reply) =>
    json(reply, wire.requests.length === 1 ? whole : completed('Done.')),
  );
  const { message, toolCalls } = await llmAt(SERVERS.openrouter, wire.url).chat('q', { tools: [search] });
  const results = [{ type: 'tool-result' as const, toolCallId: toolCalls[0]!.id, content: 'found' }];
  const other = llmAt(SERVERS.vllm, wire.url);
  const { warnings } = await other.chat([
    { role: 'user', content: 'q' },
    message,
    { role: 'tool', content: results },
  ]);
  expect(JSON.stringify(wire.requests[1]!.body)).not.toContain('reasoning');
  expect(warnings).toMatchObject([
    { setting: 'messages', message: expect.stringContaining('openai:openrouter') },
  ]);
});

it('types: a preset and a model are all; a server without embeddings is a type error', () => {
  new OpenAILLM({ ...presets.groq, model: 'm' });
  new OpenAIEmbedding({ ...presets.together, model: 'm' });
  // @ts-expect-error: Groq has no embeddings.
  new OpenAIEmbedding({ ...presets.groq, model: 'm' });
  const own = { baseURL: 'http://localhost:1/v1', api: presets.chatCompletions, apiKeyVariable: null };
  const llm = new OpenAILLM({ ...own, wire: { capabilities: { stop: false } }, model: 'm' });
  expect(llm.metadata.capabilities).toMatchObject({ stop: false, names: false, streaming: true });
  const metadata = { contextWindow: 8192, capabilities: { stop: true } };
  const known = new OpenAILLM({ ...presets.xai, model: 'm', metadata });
  expect(known.metadata).toMatchObject({ contextWindow: 8192, capabilities: { stop: true, names: true } });
});
