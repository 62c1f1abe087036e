import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SseDecoder, type SseEvent } from '@mortise/core/wire';

const encoder = new TextEncoder();

function decode(chunks: readonly Uint8Array[]): SseEvent[] {
  const decoder = new SseDecoder();
  return chunks.flatMap((chunk) => decoder.push(chunk));
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

describe('SseDecoder', () => {
  it('W-01: gives the same events for any split, line ending, comment and byte order mark', () => {
    const property = fc.property(
      fc.array(event),
      fc.boolean(),
      fc.array(fc.nat(5000)),
      (events, bom, positions) => {
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
        const expected = events.map(({ name, data }) => ({
          event: name ?? 'message',
          data: data.join('\n'),
        }));
        expect(decode(split(bytes, positions))).toEqual(expected);
      },
    );
    fc.assert(property, { numRuns: 300 });
  });

  it('W-01: gives the same events one byte at a time', () => {
    const bytes = encoder.encode(
      '\uFEFF: hi\r\n\r\ndata: ü🙂\r\rdata:two\ndata\n\nevent: x\ndata: {"a":1}\r\n\r\n',
    );
    const whole = decode([bytes]);
    expect(whole).toEqual([
      { event: 'message', data: 'ü🙂' },
      { event: 'message', data: 'two\n' },
      { event: 'x', data: '{"a":1}' },
    ]);
    expect(decode([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(whole);
  });

  it('W-01: skips events without data, comments and unknown fields', () => {
    const bytes = encoder.encode('event: empty\n\n: keep-alive\n\nid: 3\nretry: 10\nfoo: bar\ndata: x\n\n');
    expect(decode([bytes])).toEqual([{ event: 'message', data: 'x' }]);
  });

  it('hands out at the end what has no blank line after it, once', () => {
    const decoder = new SseDecoder();
    expect(decoder.push(encoder.encode('data: a\n\ndata: [DO'))).toEqual([{ event: 'message', data: 'a' }]);
    expect(decoder.push(encoder.encode('NE]'))).toEqual([]);
    expect(decoder.end()).toEqual({ event: 'message', data: '[DONE]' });
    expect(new SseDecoder().end()).toBeUndefined();
  });

  it('is linear in the length of a line that comes one byte at a time', () => {
    const decoder = new SseDecoder();
    const length = 300_000;
    const byte = encoder.encode('x');
    decoder.push(encoder.encode('data: '));
    for (let at = 0; at < length; at++) decoder.push(byte);
    expect(decoder.push(encoder.encode('\n\n'))[0]?.data.length).toBe(length);
  });
});
