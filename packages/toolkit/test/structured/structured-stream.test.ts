import {
  CustomLLM,
  type ContentBlock,
  type LLMCapabilities,
  type LLMMetadata,
  type TextReply,
} from '@mortise/core/llm';
import { structured, structuredStream, type StructuredEvent } from '@mortise/toolkit/structured';
import { fromSSE } from '@mortise/core/sse';
import { isParserError, type DeepPartial } from '@mortise/core/parser';
import { ScriptedLLM, type ScriptedReply } from '@mortise/core/testing';
import fc from 'fast-check';
import { subscribe, type MortiseEvent } from '@mortise/core/events';
import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import { z } from 'zod';

const city = z.object({
  city: z.string(),
  mayor: z.string().optional(),
  founded: z.string().transform(Number),
});

function scripted(
  structuredOutput: LLMCapabilities['structuredOutput'],
  ...replies: ScriptedReply[]
): ScriptedLLM {
  const capabilities = structuredOutput === undefined ? {} : { structuredOutput };
  return new ScriptedLLM({ replies, retry: false, metadata: { isChatModel: true, capabilities } });
}

const call = (args: object): ContentBlock[] => [
  { type: 'text', text: 'I call {"city": "no"}.' },
  { type: 'tool-call', id: 'call_1', name: 'answer', arguments: args as Record<string, never> },
];

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = [];
  for await (const value of values) seen.push(value);
  return seen;
}

const rejection = (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    () => expect.fail('it did not reject'),
    (error: unknown) => error,
  );

const json = '{"city":"Rome","mayor":null,"founded":"52"}';
const value = { city: 'Rome', founded: 52 };

describe('structuredStream', () => {
  it.each([
    ['native', 'native', json],
    ['a tool', 'tool', call({ city: 'Rome', mayor: null, founded: '52' })],
    ['a tool that was not called', 'tool', `I would: ${json}`],
    ['a prompt', undefined, `Sure:\n\`\`\`json\n${json}\n\`\`\``],
  ] as const)(
    'P-01: shows the value as it grows, and gives what structured gives: %s',
    async (_, mode, reply) => {
      const llm = scripted(mode, reply, reply);
      const stream = structuredStream(llm, city, 'Where?');
      const seen = await all(stream);
      const result = await stream.final();
      for (const text of ['', 'Ro', 'Rome'])
        if (mode !== 'tool') expect(seen.some((part) => part.city?.startsWith(text))).toBe(true);
      if (typeof reply !== 'string' || !reply.startsWith('I would'))
        expect(seen.at(-1)).toMatchObject({ city: 'Rome', founded: '52' });
      const whole = await structured(llm, city, 'Where?');
      expect(result).toEqual({ ...whole, response: expect.anything(), responses: [expect.anything()] });
      expect(result.value).toEqual(value);
      expect(llm.requests[1]?.messages).toEqual(llm.requests[0]?.messages);
      expect(llm.requests[1]?.tools).toEqual(llm.requests[0]?.tools);
      expect(llm.requests[1]?.responseFormat).toEqual(llm.requests[0]?.responseFormat);
    },
  );

  it('goes to a browser as parts that are left as they are', async () => {
    const schema = z.object({
      usage: z.object({ raw: z.string() }),
      metadata: z.object({ owner: z.string() }),
    });
    const whole = { usage: { raw: 'r' }, metadata: { owner: 'o' } };
    const stream = structuredStream(scripted('native', JSON.stringify(whole)), schema, 'Where?');
    const parts = await all(fromSSE<StructuredEvent<unknown>>(stream.toResponse()));
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.at(-1)).toEqual({ type: 'partial', value: whole });
    expect((await stream.final()).value).toEqual(whole);
    const unfit = structuredStream(scripted('native', '{}'), schema, 'Where?', {
      maxRepairs: 0,
    }).toResponse();
    await expect(all(fromSSE(unfit))).rejects.toMatchObject({ code: 'validation' });
    const readable = structuredStream(scripted('native', JSON.stringify(whole)), schema, 'Where?');
    expect((await all(readable.toReadableStream())).at(-1)).toEqual(whole);
  });

  it('P-05: types the snapshots as partial input and the value as output', () => {
    const stream = structuredStream(scripted('native'), city, 'Where?');
    expectTypeOf(stream).toExtend<AsyncIterable<DeepPartial<z.input<typeof city>>>>();
    expectTypeOf(stream.final)
      .returns.resolves.toHaveProperty('value')
      .toEqualTypeOf<z.output<typeof city>>();
    async function read(): Promise<void> {
      for await (const part of stream) {
        // @ts-expect-error city may not have arrived
        part.city.toUpperCase();
      }
    }
    expectTypeOf(read).toBeFunction();
  });

  it('takes what is not an object out of its envelope', async () => {
    const stream = structuredStream(scripted('native', '{"value":["a","b"]}'), z.array(z.string()), 'List.');
    const seen = await all(stream);
    expect(seen.at(-1)).toEqual(['a', 'b']);
    expect(seen.every((part) => Array.isArray(part))).toBe(true);
    expect((await stream.final()).value).toEqual(['a', 'b']);
  });

  it('begins anew when it is repaired, at most maxRepairs times', async () => {
    const llm = scripted('prompt', '{"city":1}', 'no JSON', json);
    const stream = structuredStream(llm, city, 'Where?', { maxRepairs: 2 });
    const seen = await all(stream);
    expect(seen[0]).toEqual({});
    expect(seen.at(-1)).toEqual({ city: 'Rome', founded: '52' });
    expect(await stream.final()).toMatchObject({ value, repairs: 2 });
    expect(llm.requests[1]?.messages.at(-1)?.content).toContain('(city)');
    const hopeless = structuredStream(scripted('prompt', '{"city":1}', '{"city":2}', json), city, 'Where?');
    const error = await rejection(all(hopeless));
    expect(isParserError(error)).toBe(true);
    expect(error).toMatchObject({ code: 'validation', text: '{"city":2}', repair: /1 time/ });
    expect(await rejection(hopeless.final())).toBe(error);
  });

  it('P-02: snapshots do not change afterwards, and however the text is cut the last one is whole', async () => {
    const anything = z.object({ value: z.any() });
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.integer({ min: 1, max: 9 }), async (given, pieceLength) => {
        const text = JSON.stringify({ value: given });
        const llm = new ScriptedLLM({
          replies: [text],
          pieceLength,
          metadata: { capabilities: { structuredOutput: 'prompt' } },
        });
        const kept: [unknown, string][] = [];
        for await (const part of structuredStream(llm, anything, 'Say.'))
          kept.push([part, JSON.stringify(part)]);
        for (const [part, then] of kept) expect(JSON.stringify(part)).toBe(then);
        expect(kept.at(-1)?.[1]).toBe(text);
      }),
      { numRuns: 200 },
    );
  });

  it('L-05: sends nothing before it is read, and has one reader', async () => {
    const llm = scripted('native', json);
    const messages = [{ role: 'user' as const, content: 'Where?' }];
    const stream = structuredStream(llm, city, messages);
    messages.push({ role: 'user', content: 'later' });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(llm.requests).toHaveLength(0);
    expect((await stream.final()).value).toEqual(value);
    expect(llm.requests[0]?.messages).toHaveLength(1);
    expect(() => stream[Symbol.asyncIterator]()).toThrow(
      expect.objectContaining({ code: 'invalid-request' }),
    );
  });

  it('L-06: leaving settles at once and aborts the call, also while it stalls', async () => {
    let signal: AbortSignal | undefined;
    class Stalling extends CustomLLM {
      constructor() {
        super({ provider: 'custom', model: 'stalling' });
      }
      get metadata(): LLMMetadata {
        return { isChatModel: true, capabilities: { streaming: true } };
      }
      async doComplete(): Promise<TextReply | string> {
        return '';
      }
      override async *doStreamComplete(
        _prompt: string,
        attempt: { signal: AbortSignal },
      ): AsyncGenerator<string> {
        ({ signal } = attempt);
        yield '{"city":"Ro';
        await new Promise(() => undefined);
      }
    }
    const stream = structuredStream(new Stalling(), city, 'Where?');
    for await (const part of stream) {
      expect(part).toEqual({ city: 'Ro' });
      break;
    }
    expect(await rejection(stream.final())).toMatchObject({ code: 'aborted', partial: { city: 'Ro' } });
    expect(signal?.aborted).toBe(true);
    const other = structuredStream(new Stalling(), city, 'Where?');
    const reader = other[Symbol.asyncIterator]();
    await reader.next();
    const pending = reader.next();
    await other.cancel();
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(signal?.aborted).toBe(true);
  });

  it('C-01: an abort rejects with exactly the reason; what the model throws passes', async () => {
    const controller = new AbortController();
    const stream = structuredStream(scripted('native', json), city, 'Where?', { signal: controller.signal });
    const reader = stream[Symbol.asyncIterator]();
    await reader.next();
    controller.abort('enough');
    expect(await rejection(stream.final())).toBe('enough');
    const cut: ScriptedReply = {
      content: [{ type: 'text', text: json }],
      finishReason: { unified: 'length', raw: 'max' },
    };
    expect(await rejection(structuredStream(scripted('native', cut), city, 'Where?').final())).toMatchObject({
      code: 'parse',
    });
    const options = { maxRepairs: -1 };
    expect(await rejection(structuredStream(scripted('native'), city, 'x', options).final())).toMatchObject({
      code: 'invalid-request',
    });
  });

  it('works with a model of three lines', async () => {
    class Mine extends CustomLLM {
      constructor() {
        super({ provider: 'mine', model: 'mine' });
      }
      get metadata(): LLMMetadata {
        return { isChatModel: false, capabilities: {} };
      }
      async doComplete(prompt: string): Promise<string> {
        return prompt.includes('JSON Schema') ? `Here you are: ${json}` : 'What?';
      }
    }
    expect(await structured(new Mine(), city, 'Where?')).toMatchObject({ value, mode: 'prompt' });
    const stream = structuredStream(new Mine(), city, 'Where?');
    expect((await all(stream)).at(-1)).toMatchObject({ city: 'Rome' });
    expect((await stream.final()).value).toEqual(value);
  });
});

it('V-01, V-02: whole, streamed, failed and left, a value is one span around its calls, ended once', async () => {
  const events: MortiseEvent[] = [];
  const stop = subscribe((event) => void (event.phase !== 'point' && events.push(event)));
  const text = '{"city":"Bern","founded":"1191"}';
  await structured(scripted('native', text), city, 'x');
  await structuredStream(scripted('native', text), city, 'x').final();
  await expect(structured(scripted('native', 'none'), city, 'x', { maxRepairs: 0 })).rejects.toThrow();
  for await (const _part of structuredStream(scripted('native', text), city, 'x')) break;
  await vi.waitFor(() => expect(events.at(-1)).toMatchObject({ name: 'structured', phase: 'error' }));
  stop();
  const of = (name: string) => events.filter((event) => event.name === name);
  expect(of('structured').map(({ phase }) => phase)).toEqual([
    'start',
    'end',
    'start',
    'end',
    'start',
    'error',
    'start',
    'error',
  ]);
  expect(of('structured')[1]?.attributes).toMatchObject({ provider: 'scripted', mode: 'native', repairs: 0 });
  expect(of('structured').at(-1)?.attributes).toMatchObject({ streamed: true, left: true });
  const spans = new Set(of('structured').map(({ spanId }) => spanId));
  expect(of('llm.chat').every(({ parentId }) => spans.has(parentId!))).toBe(true);
});
