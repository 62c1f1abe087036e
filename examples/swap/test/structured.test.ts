import { AnthropicLLM } from '@mortise/anthropic';
import { CohereLLM } from '@mortise/cohere';
import {
  anthropicMessages,
  cohereChat,
  json,
  openAIChatCompletions,
  openAIResponses,
  startWire,
  type AnswerPart,
  type LLMDialect,
  type Wire,
} from '@mortise/conformance';
import type { LLM } from '@mortise/core';
import { structured, structuredStream, type StructuredMode } from '@mortise/toolkit/structured';
import { OpenAILLM } from '@mortise/openai';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const recipe = z.object({
  title: z.string().max(40).describe('What it is called.'),
  minutes: z.number().int().min(1),
  note: z.string().optional(),
  steps: z.array(z.object({ text: z.string() })).min(2),
});
const value = { title: 'Tea', minutes: 5, steps: [{ text: 'Boil water.' }, { text: 'Wait.' }] };
const good = JSON.stringify({ title: 'Tea', minutes: 5, note: null, steps: value.steps });
const bad = good.replace('5', '0');

interface Provider {
  readonly dialect: LLMDialect;
  create(url: string): LLM;
}

const settings = { apiKey: 'test', retry: false as const };
const PROVIDERS: readonly [string, Provider][] = [
  [
    'openai, Responses',
    {
      dialect: openAIResponses,
      create: (baseURL) => new OpenAILLM({ model: 'gpt-test', ...settings, baseURL }),
    },
  ],
  [
    'openai, Chat Completions',
    {
      dialect: openAIChatCompletions,
      create: (baseURL) =>
        new OpenAILLM({ model: 'gpt-test', api: 'chat-completions', ...settings, baseURL }),
    },
  ],
  [
    'anthropic',
    {
      dialect: anthropicMessages,
      create: (baseURL) => new AnthropicLLM({ model: 'claude-test', ...settings, baseURL }),
    },
  ],
  [
    'cohere',
    {
      dialect: cohereChat,
      create: (baseURL) => new CohereLLM({ model: 'command-test', ...settings, baseURL }),
    },
  ],
];

/** Answers with the texts in turn, as text or as the arguments of the tool that is forced. */
function serve(dialect: LLMDialect, mode: StructuredMode, texts: readonly string[]): Promise<Wire> {
  return startWire((request, reply, n) => {
    const pieces = texts[n]!.match(/[^]{1,7}/g)!;
    const part: AnswerPart =
      mode === 'tool'
        ? { type: 'tool-call', id: 'call_1', name: 'answer', pieces }
        : { type: 'text', pieces };
    const answer = {
      id: `reply_${n}`,
      model: 'm',
      parts: [part],
      finish: mode === 'tool' ? 'tool-calls' : 'stop',
      usage: { inputTokens: 10, outputTokens: 20 },
    } as const;
    if (!dialect.streams(request)) return json(reply, dialect.body(answer));
    reply.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const { event, data } of dialect.frames(answer))
      reply.write(`${event === undefined ? '' : `event: ${event}\n`}data: ${data}\n\n`);
    reply.end();
  });
}

describe.each(PROVIDERS)('%s', (_, { dialect, create }) => {
  it.each(['native', 'tool', 'prompt'] as const)('P-05: gives the typed value: %s', async (mode) => {
    await using wire = await serve(dialect, mode, [good]);
    expect(await structured(create(wire.url), recipe, 'How do I make tea?', { mode })).toMatchObject({
      value,
      mode,
      repairs: 0,
    });
    const body = wire.requests[0]!.body as never;
    const schema =
      mode === 'tool' ? dialect.request.tools(body)[0]?.parameters : dialect.request.schema?.(body);
    if (mode === 'prompt') expect(wire.requests[0]!.text).toContain('JSON Schema');
    else
      expect(schema).toMatchObject({
        type: 'object',
        // A dialect that takes optional members has no need of null.
        required: expect.arrayContaining(['title', 'minutes', 'steps']),
        additionalProperties: false,
      });
    if (mode === 'tool') expect(dialect.request.toolChoice?.(body)).toMatch(/answer|required/);
  });

  it.each(['native', 'tool', 'prompt'] as const)('P-01: streams it: %s', async (mode) => {
    await using wire = await serve(dialect, mode, [good]);
    const stream = structuredStream(create(wire.url), recipe, 'How do I make tea?', { mode });
    const titles = new Set<string | undefined>();
    let last: unknown;
    for await (const partial of stream) {
      titles.add(partial.title);
      last = partial;
    }
    // The null that stands for an optional member on the wire is not in the type.
    const { note: _note, ...rest } = JSON.parse(good) as Record<string, unknown>;
    expect(last).toEqual(rest);
    expect(titles.size).toBeGreaterThan(1);
    expect(await stream.final()).toMatchObject({ value, mode });
  });

  it.each(['native', 'tool', 'prompt'] as const)('tells the model what was wrong, once: %s', async (mode) => {
    await using wire = await serve(dialect, mode, [bad, good]);
    const result = await structured(create(wire.url), recipe, 'How do I make tea?', { mode });
    expect(result).toMatchObject({ value, repairs: 1 });
    expect(result.responses).toHaveLength(2);
    const body = wire.requests[1]!.body as never;
    const told =
      mode === 'tool'
        ? dialect.request.toolResults(body)[0]?.text
        : dialect.request.messages(body).at(-1)?.text;
    expect(told).toContain('(minutes)');
    await using hopeless = await serve(dialect, mode, [bad, bad, good]);
    const failing = structuredStream(create(hopeless.url), recipe, 'How do I make tea?', { mode });
    await expect(failing.final()).rejects.toMatchObject({
      code: 'validation',
      path: ['minutes'],
      repair: /1 time/,
    });
    expect(hopeless.requests).toHaveLength(2);
  });
});

it('P-05: Anthropic is sent no keyword that its grammar refuses', async () => {
  for (const mode of ['native', 'tool'] as const) {
    await using wire = await serve(anthropicMessages, mode, [good]);
    const llm = new AnthropicLLM({ model: 'claude-test', ...settings, baseURL: wire.url });
    await structured(llm, recipe, 'How do I make tea?', { mode });
    const sent = JSON.stringify(wire.requests[0]!.body);
    for (const keyword of ['minimum', 'maximum', 'maxLength', 'minItems'])
      expect(sent).not.toContain(`"${keyword}":`);
    expect(sent).toContain('What it is called.\\n\\n{maxLength: 40}');
  }
});
