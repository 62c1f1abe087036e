import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { streamEvents, type SseEvent } from '@mortise/core/wire';

const encoder = new TextEncoder();

/** The lines of a reply whose bytes come in these chunks. */
async function decode(chunks: readonly Uint8Array[]): Promise<SseEvent[]> {
  const translator = {
    done: false,
    push: (event: SseEvent, out: SseEvent[]) => void out.push(event),
  };
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  const attempt = { touch: () => undefined };
  const options = { format: 'json-lines' } as const;
  const events: SseEvent[] = [];
  for await (const batch of streamEvents(
    new Response(body),
    attempt,
    translator,
    { provider: 'acme' },
    options,
  ))
    events.push(...batch);
  return events;
}

describe('lines of JSON', () => {
  it('W-01: gives the same lines for any split, line ending, blank line and byte order mark', async () => {
    const line = fc.record({
      value: fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue(), { maxKeys: 3 }),
      ending: fc.constantFrom('\n', '\r\n', '\n\n', '\r\n \r\n'),
    });
    const property = fc.asyncProperty(
      fc.array(line, { minLength: 1 }),
      fc.boolean(),
      fc.array(fc.nat(2000)),
      async (lines, bom, places) => {
        const text = lines.map(({ value, ending }) => JSON.stringify(value) + ending).join('');
        const bytes = encoder.encode((bom ? '\uFEFF' : '') + text);
        const cuts = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
        const edges = [0, ...cuts, bytes.length];
        const chunks = edges.slice(1).map((edge, at) => bytes.subarray(edges[at], edge));
        const expected = lines.map(({ value }) => ({ event: 'message', data: JSON.stringify(value) }));
        expect(await decode(chunks)).toEqual(expected);
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });

  it('W-01: gives the same lines one byte at a time', async () => {
    const bytes = encoder.encode('\uFEFF{"a":"ü🙂"}\r\n\r\n{"b":1}\n{"c"');
    const whole = await decode([bytes]);
    expect(whole.map(({ data }) => data)).toEqual(['{"a":"ü🙂"}', '{"b":1}', '{"c"']);
    expect(await decode([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(whole);
  });

  it('keeps what no line end followed until the end, once', async () => {
    const chunks = ['{"a":1}\n{"b"', ':2}'].map((chunk) => encoder.encode(chunk));
    expect((await decode(chunks)).map(({ data }) => data)).toEqual(['{"a":1}', '{"b":2}']);
  });

  it('recognises objects, be it half of one, and nothing else', async () => {
    const recognises = (text: string): Promise<boolean> =>
      decode([encoder.encode(text)]).then(
        () => true,
        () => false,
      );
    for (const text of ['{"a":1}\n', '{"a"', ' {\n']) expect(await recognises(text)).toBe(true);
    for (const text of ['\n\n', '<html>', 'data: {}\n\n']) expect(await recognises(text)).toBe(false);
  });
});
