import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { streamEvents, type SseEvent } from '@mortise/core/wire';

const encoder = new TextEncoder();

/** The events of a stream that comes in these chunks. */
async function decode(chunks: Iterable<Uint8Array>): Promise<SseEvent[]> {
  const source = chunks[Symbol.iterator]();
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const { value, done } = source.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
  });
  const translator = { done: false, push: (given: SseEvent, out: SseEvent[]) => void out.push(given) };
  const events: SseEvent[] = [];
  const attempt = { touch: () => undefined };
  for await (const batch of streamEvents(new Response(body), attempt, translator, { provider: 'acme' }))
    events.push(...batch);
  return events;
}

/** Cuts `bytes` after each of the given positions. */
function split(bytes: Uint8Array, positions: readonly number[]): Uint8Array[] {
  const cuts = [...new Set(positions.map((position) => position % (bytes.length + 1)))].sort((a, b) => a - b);
  const edges = [0, ...cuts, bytes.length];
  return edges.slice(1).map((edge, at) => bytes.subarray(edges[at], edge));
}

const lineText = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replace(/[\r\n]/g, ''));
const event = fc.record({
  name: fc.option(fc.constantFrom('message_start', 'ping'), { nil: undefined }),
  data: fc.array(lineText, { minLength: 1, maxLength: 3 }),
  comment: fc.option(lineText, { nil: undefined }),
  ending: fc.constantFrom('\n', '\r', '\r\n'),
});

describe('server-sent events', () => {
  it('W-01: gives the same events for any split, line ending, comment and byte order mark', async () => {
    const property = fc.asyncProperty(
      fc.array(event, { minLength: 1 }),
      fc.boolean(),
      fc.array(fc.nat(5000)),
      async (events, bom, positions) => {
        const text = events
          .map(({ name, data, comment, ending }) => {
            const lines = [
              ...(comment === undefined ? [] : [`:${comment}`]),
              ...(name === undefined ? [] : [`event: ${name}`]),
              ...data.map((line) => `data: ${line}`),
            ];
            return lines.map((line) => line + ending).join('') + ending;
          })
          .join('');
        const bytes = encoder.encode((bom ? '\uFEFF' : '') + text);
        // Blank data keep a connection alive, and are no event.
        const expected = events
          .map(({ name, data }) => ({ event: name ?? 'message', data: data.join('\n') }))
          .filter(({ data }) => data.trim() !== '');
        expect(await decode(split(bytes, positions))).toEqual(expected);
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });

  it('W-01: gives the same events one byte at a time', async () => {
    const bytes = encoder.encode(
      '\uFEFF: hi\r\n\r\ndata: ü🙂\r\rdata:two\ndata\n\nevent: x\ndata: {"a":1}\r\n\r\n',
    );
    const whole = await decode([bytes]);
    expect(whole).toEqual([
      { event: 'message', data: 'ü🙂' },
      { event: 'message', data: 'two\n' },
      { event: 'x', data: '{"a":1}' },
    ]);
    expect(await decode([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(whole);
  });

  it('W-01: skips events without data, comments and unknown fields', async () => {
    const bytes = encoder.encode('event: empty\n\n: keep-alive\n\nid: 3\nretry: 10\nfoo: bar\ndata: x\n\n');
    expect(await decode([bytes])).toEqual([{ event: 'message', data: 'x' }]);
  });

  it('hands out at the end what has no blank line after it, once', async () => {
    const chunks = ['data: a\n\ndata: [DO', 'NE]'].map((text) => encoder.encode(text));
    expect(await decode(chunks)).toEqual([
      { event: 'message', data: 'a' },
      { event: 'message', data: '[DONE]' },
    ]);
    expect(await decode([])).toEqual([]);
  });

  it('is linear in the length of a line that comes one byte at a time', async () => {
    const length = 300_000;
    function* bytes(): Generator<Uint8Array> {
      yield encoder.encode('data: ');
      const byte = encoder.encode('x');
      for (let at = 0; at < length; at++) yield byte;
      yield encoder.encode('\n\n');
    }
    expect((await decode(bytes()))[0]?.data.length).toBe(length);
  });
});
