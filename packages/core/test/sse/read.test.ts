import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { MortiseError, type ChatStreamEvent } from '@mortise/core';
import { fromSSE, toResponse, toSSE } from '@mortise/core/sse';
import { ScriptedLLM } from '@mortise/core/testing';
import { codePoint } from '../code-point.ts';

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function* listed<T>(...items: T[]): AsyncGenerator<T> {
  yield* items;
}

/** A body of these bytes, in pieces of these lengths, again and again. */
function pieces(bytes: Uint8Array, lengths: readonly number[] = [bytes.length]): ReadableStream<Uint8Array> {
  let from = 0;
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (from >= bytes.length) return controller.close();
      const to = from + (lengths[at++ % lengths.length] ?? 1);
      controller.enqueue(bytes.subarray(from, to));
      from = to;
    },
  });
}

const body = (text: string): ReadableStream<Uint8Array> => pieces(new TextEncoder().encode(text));

const bytesOf = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Uint8Array> =>
  new Uint8Array(await new Response(stream).arrayBuffer());

describe('fromSSE', () => {
  it('gives the events of a chat as they were', async () => {
    const script = { replies: ['Hello, "world"\r\n'] };
    const events = await collect(new ScriptedLLM(script).streamChat('hi'));
    const response = new ScriptedLLM(script).streamChat('hi').toResponse();
    expect(await collect(fromSSE<ChatStreamEvent>(response))).toEqual(events);
  });

  it('gives any text unchanged, in whatever pieces its bytes come', async () => {
    const special = fc.constantFrom(
      '\r',
      '\n',
      '\r\n',
      '\u2028',
      '\u2029',
      '\0',
      '😀',
      '\ud800',
      '\ufeff',
      'data: ',
      'event: end',
    );
    const anyText = fc
      .array(fc.oneof(special, fc.string({ unit: codePoint })))
      .map((parts) => parts.join(''));
    const event = fc.record({ type: fc.constant('text-delta'), index: fc.nat(), delta: anyText });
    const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(event), lengths, async (events, sizes) => {
        const bytes = await bytesOf(toSSE(listed(...events)));
        expect(await collect(fromSSE(pieces(bytes, sizes)))).toEqual(events);
      }),
    );
  });

  it('gives any JSON unchanged, the arguments of a call included', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), async (args) => {
        const block = {
          type: 'tool-call',
          id: 'c',
          name: 'n',
          arguments: JSON.parse(JSON.stringify(args)) as unknown,
        };
        const event = { type: 'block', index: 0, block };
        expect(await collect(fromSSE(toResponse(listed(event))))).toEqual([event]);
      }),
    );
  });

  it('skips comments and what it does not know, and reads CRLF and data of several lines', async () => {
    const text = ':\r\n\r\nid: 1\r\nretry: 5\r\ndata: [1,\r\ndata: 2]\r\n\r\nevent: end\r\ndata: {}\r\n\r\n';
    expect(await collect(fromSSE(body(text)))).toEqual([[1, 2]]);
  });

  it.each([
    '',
    'data: 1',
    'data: 1\n',
    'data: 1\n\n',
    'data: 1\n\nevent: end\ndata: {}',
    'data: 1\n\nevent: end\ndata: {}\n',
  ])('refuses %j as cut', async (text) => {
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const event of fromSSE(body(text))) seen.push(event);
    })();
    await expect(reading).rejects.toMatchObject({
      name: 'MortiseError',
      code: 'stream-truncated',
      retryable: true,
    });
    expect(seen).toEqual(text.startsWith('data: 1\n\n') ? [1] : []);
  });

  it.each([
    ['a line', 'x'.repeat(2 ** 20)],
    ['an event', `data: ${'x'.repeat(2 ** 20)}\n`],
  ])('C-13: reads %s without end no further than its bound', async (_what, piece) => {
    const bytes = new TextEncoder().encode(piece);
    let pulled = 0;
    const cancel = vi.fn();
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++;
        controller.enqueue(bytes);
      },
      cancel,
    });
    await expect(collect(fromSSE(endless))).rejects.toMatchObject({ code: 'malformed-response' });
    expect(pulled).toBeLessThan(36);
    expect(cancel).toHaveBeenCalledOnce();
  });

  it('takes a connection that breaks for a cut', async () => {
    const cause = new TypeError('terminated');
    const broken = new ReadableStream<Uint8Array>({ pull: () => Promise.reject(cause) });
    await expect(collect(fromSSE(broken))).rejects.toMatchObject({ code: 'stream-truncated', cause });
  });

  it('throws the reason of an abort as it is', async () => {
    const reason = new DOMException('stopped', 'AbortError');
    const stopped = new ReadableStream<Uint8Array>({ pull: () => Promise.reject(reason) });
    await expect(collect(fromSSE(stopped))).rejects.toBe(reason);
  });

  it('throws what the server failed with, after what it said before', async () => {
    const seen: unknown[] = [];
    const failing = (async function* () {
      yield 1;
      throw new MortiseError('overloaded', 'no');
    })();
    const reading = (async () => {
      for await (const event of fromSSE(toResponse(failing, { show: { errors: true } }))) seen.push(event);
    })();
    await expect(reading).rejects.toMatchObject({
      name: 'MortiseError',
      code: 'overloaded',
      message: 'no',
      retryable: true,
    });
    expect(seen).toEqual([1]);
  });

  it.each([
    [401, 'authentication'],
    [403, 'permission'],
    [404, 'not-found'],
    [418, 'invalid-request'],
    [429, 'rate-limit'],
    [502, 'server'],
  ])('throws for status %i', async (status, code) => {
    const response = new Response('<html>', { status, headers: { 'content-type': 'text/html' } });
    await expect(collect(fromSSE(response))).rejects.toMatchObject({ code, status });
  });

  it.each([
    new Response('{}', { headers: { 'content-type': 'application/json' } }),
    new Response(null, { status: 204 }),
    new Response(body('data: {\n\n'), { headers: { 'content-type': 'text/event-stream' } }),
    new Response(body('event: error\ndata: null\n\n'), { headers: { 'content-type': 'text/event-stream' } }),
    new Response(body('event: error\ndata: {"code":1}\n\n'), {
      headers: { 'content-type': 'text/event-stream' },
    }),
  ])('refuses what is none of ours: %#', async (response) => {
    await expect(collect(fromSSE(response))).rejects.toMatchObject({ code: 'malformed-response' });
  });

  it('takes the type of a stream as it is written anywhere', async () => {
    const codeOf = async (type: string): Promise<unknown> => {
      try {
        for await (const _ of fromSSE(new Response('', { headers: { 'content-type': type } })));
      } catch (error) {
        return (error as MortiseError).code;
      }
      return undefined;
    };
    for (const type of [
      'Text/Event-Stream',
      'text/event-stream;charset=utf-8',
      'text/event-stream ; charset=utf-8',
    ])
      expect(await codeOf(type)).toBe('stream-truncated');
    expect(await codeOf('text/event-streams')).toBe('malformed-response');
  });

  it('is read once', async () => {
    const response = toResponse(listed(1));
    await collect(fromSSE(response));
    await expect(collect(fromSSE(response))).rejects.toMatchObject({ code: 'invalid-request' });
  });

  it('closes the connection when it is left, and at the end', async () => {
    const cancel = vi.fn<() => void>();
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('data: 1\n\n')),
      cancel,
    });
    for await (const event of fromSSE(endless)) {
      expect(event).toBe(1);
      break;
    }
    expect(cancel).toHaveBeenCalledOnce();
  });
});
