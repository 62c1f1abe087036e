import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CohereLLM } from '@mortise/cohere';
import type { ChatResponse, ChatStreamEvent } from '@mortise/core/llm';
import { sent } from './sent.ts';

const FIXTURES = ['citations', 'thinking', 'tools', 'later'] as const;
type Fixture = (typeof FIXTURES)[number];

const read = (file: string): string => readFileSync(new URL(`fixtures/${file}`, import.meta.url), 'utf8');
const wire = (name: Fixture): any => JSON.parse(read(`${name}.json`));

function llm(body: () => Response): CohereLLM {
  return new CohereLLM({ model: 'command-test', apiKey: 'k', retry: false, fetch: async () => body() });
}

const whole = (name: Fixture): Promise<ChatResponse> =>
  llm(() => new Response(read(`${name}.json`))).chat('Hi');

function stream(name: Fixture, transform = (text: string): string => text) {
  const headers = { 'content-type': 'text/event-stream' };
  return llm(() => new Response(transform(read(`${name}.sse`)), { headers })).streamChat('Hi');
}

async function eventsOf(name: Fixture): Promise<ChatStreamEvent[]> {
  const events: ChatStreamEvent[] = [];
  for await (const event of stream(name)) events.push(event);
  return events;
}

/** Without the mark of the server: what it is for stands in the conformance suite. */
const unowned = (blocks: readonly object[]): object[] =>
  blocks.map((block) => Object.fromEntries(Object.entries(block).filter(([name]) => name !== 'owner')));

describe.each(FIXTURES)('%s', (name) => {
  it('L-04: streamed, it comes to the same as whole', async () => {
    expect(await stream(name).final()).toEqual(await whole(name));
    expect(await stream(name, (text) => text.replaceAll('\n', '\r\n')).final()).toEqual(await whole(name));
  });

  it('L-03: deltas and finished blocks tell the same, at dense places', async () => {
    const { message } = await whole(name);
    const events = await eventsOf(name);
    const blocks: unknown[] = [];
    const text: string[] = [];
    for (const event of events) {
      if (event.type === 'block') blocks[event.index] = event.block;
      if (event.type === 'text-delta' || event.type === 'reasoning-delta')
        text[event.index] = (text[event.index] ?? '') + event.delta;
    }
    expect(blocks).toEqual(message.content);
    message.content.forEach((block, at) => {
      if (block.type === 'text' || block.type === 'reasoning') expect(text[at]).toBe(block.text);
    });
    expect(events.at(-1)!.type).toBe('finish');
  });

  it('goes back as it came', async () => {
    const { message } = await stream(name).final();
    const stored = JSON.parse(JSON.stringify(message)) as typeof message;
    const { body } = await sent([{ role: 'user', content: 'Hi' }, stored, { role: 'user', content: 'On' }]);
    const { content, mood: _mood, ...rest } = wire(name).message;
    // Arguments are kept parsed, so that only their JSON comes back.
    for (const call of rest.tool_calls ?? []) {
      const { arguments: text } = call.function;
      if (text === '') call.function.arguments = '{}';
      else if (text.endsWith('}')) call.function.arguments = JSON.stringify(JSON.parse(text));
      // What is no JSON goes back as JSON, or the API refuses every later turn.
      else call.function.arguments = JSON.stringify({ INVALID_JSON: text });
    }
    const parts = content?.filter((part: any) => part.text !== '');
    const expected = parts?.length === 1 && parts[0].type === 'text' ? parts[0].text : parts;
    expect((body['messages'] as unknown[])[1]).toEqual(
      JSON.parse(JSON.stringify({ ...rest, content: expected })),
    );
  });
});

describe('citations', () => {
  it('stand in UTF-16 units at the words they belong to, one for each source', async () => {
    const { text, citations, usage, finishReason } = await whole('citations');
    expect(citations.map(({ start, end }) => text.slice(start, end))).toEqual([
      '06:40',
      '06:40',
      '18:55',
      'the harbour office',
    ]);
    expect(citations.map(({ source, title, url }) => ({ source, title, url }))).toEqual([
      { source: 0, title: 'Tide table', url: 'https://harbour.example/tides' },
      { source: 'notice-7', title: undefined, url: undefined },
      { source: 'tides_1:0', title: 'Tides service', url: undefined },
      { source: 'notice-7', title: undefined, url: undefined },
    ]);
    expect(citations.map(({ providerMetadata }) => providerMetadata !== undefined)).toEqual([
      true,
      false,
      true,
      true,
    ]);
    expect(finishReason).toEqual({ unified: 'stop', raw: 'COMPLETE' });
    expect(usage).toEqual({
      inputTokens: 702,
      outputTokens: 31,
      totalTokens: 733,
      cachedInputTokens: 512,
      raw: wire('citations').usage,
    });
  });

  it('L-03: are events of the text that is there', async () => {
    const found = (await eventsOf('citations')).filter((event) => event.type === 'citation');
    expect(found.map((event) => event.citation)).toEqual((await whole('citations')).citations);
  });

  it('have no place where the words are not', async () => {
    const body = wire('citations');
    body.message.citations[0].start += 1;
    delete body.message.citations[1].end;
    delete body.message.citations[2].text;
    delete body.message.citations[2].sources;
    const { citations } = await llm(() => Response.json(body)).chat('Hi');
    expect(citations[0]).not.toHaveProperty('start');
    expect(citations[2]).not.toHaveProperty('start');
    expect(citations[3]).toMatchObject({ start: body.message.citations[2].start });
    expect(citations[3]).not.toHaveProperty('source');
  });

  it('of thinking and plans stay with them', async () => {
    const { message, citations, finishReason } = await whole('thinking');
    expect(citations).toHaveLength(1);
    expect(unowned(message.content)[0]).toEqual({
      type: 'reasoning',
      text: 'The table lists two high waters. The first is 06:40.',
      providerMetadata: { cohere: { citations: [wire('thinking').message.citations[0]] } },
    });
    expect(finishReason).toEqual({ unified: 'stop', raw: 'STOP_SEQUENCE' });
    const plan = (await whole('tools')).message.content[0];
    expect(plan).toMatchObject({ providerMetadata: { cohere: { citations: [{ type: 'PLAN' }] } } });
  });
});

describe('tool calls', () => {
  it('come with their plan, with or without arguments, broken ones as data', async () => {
    const { toolCalls, message, text, finishReason, usage } = await stream('tools').final();
    expect(message.content[0]).toMatchObject({
      type: 'reasoning',
      text: 'I will look up the tides, and then the harbour’s opening hours.',
      providerMetadata: { cohere: { toolPlan: true } },
    });
    expect(toolCalls).toEqual([
      { type: 'tool-call', id: 'tides_k1', name: 'tides', arguments: { harbour: 'Büsum', days: 2 } },
      { type: 'tool-call', id: 'hours_k2', name: 'hours', arguments: {} },
      {
        type: 'tool-call',
        id: 'ferry_k3',
        name: 'ferry',
        arguments: {},
        invalid: true,
        argumentsText: '{"from": "Büs',
      },
    ]);
    expect(text).toBe('');
    expect(finishReason).toEqual({ unified: 'tool-calls', raw: 'TOOL_CALL' });
    expect(usage.cachedInputTokens).toBe(0);
  });
});

describe('what came later', () => {
  it('W-02: is kept or ignored', async () => {
    const { message, finishReason, usage, providerMetadata } = await whole('later');
    expect(unowned(message.content)).toEqual([
      { type: 'cohere:audio_note', value: { type: 'audio_note', audio: 'UklGRg==', seconds: 2 } },
      { type: 'text', text: 'Listen.' },
    ]);
    expect(finishReason).toEqual({ unified: 'other', raw: 'LATER' });
    expect(usage).not.toHaveProperty('cachedInputTokens');
    expect(providerMetadata).toEqual({ cohere: { logprobs: wire('later').logprobs } });
  });

  it.each([
    ['MAX_TOKENS', 'length'],
    ['ERROR_TOXIC', 'content-filter'],
  ])('the finish reason %s is %s', async (raw, unified) => {
    const body = { ...wire('thinking'), finish_reason: raw };
    expect((await llm(() => Response.json(body)).chat('Hi')).finishReason).toEqual({ unified, raw });
  });

  it('takes content that is a string, and usage that is not there', async () => {
    const body = { message: { role: 'assistant', content: 'Hello' }, finish_reason: 'COMPLETE' };
    const reply = await llm(() => Response.json(body)).chat('Hi');
    expect(reply).toMatchObject({ text: 'Hello', model: 'command-test', usage: {} });
    expect(reply).not.toHaveProperty('id');
  });
});
