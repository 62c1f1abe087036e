import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonLinesDecoder, type SseEvent } from '@mortise/core/wire';

const encoder = new TextEncoder();

function decode(chunks: readonly Uint8Array[]): SseEvent[] {
  const decoder = new JsonLinesDecoder();
  const events = chunks.flatMap((chunk) => decoder.push(chunk));
  const last = decoder.end();
  return last === undefined ? events : [...events, last];
}

describe('JsonLinesDecoder', () => {
  it('W-01 gives the same lines for any split, line ending, blank line and byte order mark', () => {
    const line = fc.record({
      value: fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue(), { maxKeys: 3 }),
      ending: fc.constantFrom('\n', '\r\n', '\n\n', '\r\n \r\n'),
    });
    const property = fc.property(
      fc.array(line),
      fc.boolean(),
      fc.array(fc.nat(2000)),
      (lines, bom, places) => {
        const text = lines.map(({ value, ending }) => JSON.stringify(value) + ending).join('');
        const bytes = encoder.encode((bom ? '\uFEFF' : '') + text);
        const cuts = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
        const edges = [0, ...cuts, bytes.length];
        const chunks = edges.slice(1).map((edge, at) => bytes.subarray(edges[at], edge));
        const expected = lines.map(({ value }) => ({ event: 'message', data: JSON.stringify(value) }));
        expect(decode(chunks)).toEqual(expected);
      },
    );
    fc.assert(property, { numRuns: 300 });
  });

  it('W-01 gives the same lines one byte at a time', () => {
    const bytes = encoder.encode('\uFEFF{"a":"ü🙂"}\r\n\r\n{"b":1}\n{"c"');
    const whole = decode([bytes]);
    expect(whole.map(({ data }) => data)).toEqual(['{"a":"ü🙂"}', '{"b":1}', '{"c"']);
    expect(decode([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(whole);
  });

  it('keeps what no line end followed until the end, once', () => {
    const decoder = new JsonLinesDecoder();
    expect(decoder.push(encoder.encode('{"a":1}\n{"b"'))).toEqual([{ event: 'message', data: '{"a":1}' }]);
    expect(decoder.push(encoder.encode(':2}'))).toEqual([]);
    expect(decoder.end()).toEqual({ event: 'message', data: '{"b":2}' });
    expect(decoder.end()).toBeUndefined();
  });

  it('recognises objects, be it half of one, and nothing else', () => {
    const recognises = (text: string): boolean => {
      const decoder = new JsonLinesDecoder();
      decoder.push(encoder.encode(text));
      decoder.end();
      return decoder.recognised;
    };
    expect(['{"a":1}\n', '{"a"', ' {\n'].map(recognises)).toEqual([true, true, true]);
    expect(['', '\n\n', '<html>', 'data: {}\n\n'].map(recognises)).toEqual([false, false, false, false]);
  });
});
