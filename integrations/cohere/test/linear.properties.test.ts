import { CohereEmbedding, CohereLLM, CohereReranker } from '@mortise/cohere';
import * as cohere from '@mortise/cohere';
import { slowReadings } from '@mortise/conformance';
import { describe, expect, it } from 'vitest';

const answering = (text: string, status = 200, type = 'application/json') => ({
  model: 'm' as const,
  apiKey: 'k',
  retry: false as const,
  fetch: () => Promise.resolve(new Response(text, { status, headers: { 'content-type': type } })),
});
const event = (type: string, index: number, message: object): object => ({ type, index, delta: { message } });
const text = (delta: string, index = 0): object =>
  event('content-delta', index, { content: { type: 'text', text: delta } });
const call = (at: number, args: string): object =>
  event('tool-call-start', at, {
    tool_calls: { id: `c${at}`, type: 'function', function: { name: 'f', arguments: args } },
  });
const citation = (at: number): object => ({
  start: at,
  end: at + 1,
  text: 'a',
  sources: [{ type: 'document', id: `doc:${at}` }],
});

function streamed(events: readonly object[]): Promise<unknown> {
  const all = [
    { type: 'message-start', id: '1', delta: { message: { role: 'assistant' } } },
    ...events,
    { type: 'message-end', delta: { finish_reason: 'COMPLETE' } },
  ];
  const body = all.map((each) => `data: ${JSON.stringify(each)}\n\n`).join('');
  return new CohereLLM(answering(body, 200, 'text/event-stream')).streamChat('q').final();
}

/** What a stream may bring again and again, a character of the text a piece. */
const STREAMS: { readonly [what: string]: (letters: readonly string[]) => object[] } = {
  'pieces of a text': (letters) => letters.map((letter) => text(letter)),
  'pieces of thinking': (letters) =>
    letters.map((letter) => event('content-delta', 0, { content: { type: 'thinking', thinking: letter } })),
  'pieces of a plan': (letters) =>
    letters.map((letter) => event('tool-plan-delta', 0, { tool_plan: letter })),
  'pieces of arguments': (letters) => [
    call(0, ''),
    ...letters.map((letter) =>
      event('tool-call-delta', 0, { tool_calls: { function: { arguments: letter } } }),
    ),
  ],
  blocks: (letters) => letters.map((letter, at) => text(letter, at)),
  'blocks that end': (letters) =>
    letters.flatMap((letter) => [text(letter), { type: 'content-end', index: 0 }]),
  calls: (letters) => letters.map((_, at) => call(at, '{}')),
  'calls in one place': (letters) => letters.map((_, at) => ({ ...call(at, '{}'), index: 0 })),
  'citations of a text': (letters) => [
    text('a'.repeat(letters.length)),
    ...letters.map((_, at) => event('citation-start', at, { citations: citation(at) })),
  ],
  'citations without a place, behind calls': (letters) => [
    text('a'.repeat(letters.length)),
    ...letters.map((_, at) => call(at, '{}')),
    ...letters.map((_, at) => event('citation-start', at, { citations: citation(at) })),
  ],
  'a plan that ends': (letters) =>
    letters.flatMap((letter, at) => [
      event('tool-plan-delta', 0, { tool_plan: letter }),
      { ...event('content-start', at, { content: { type: 'text', text: '' } }) },
    ]),
};

describe('C-13: takes time in proportion to what it reads', () => {
  it.each(Object.entries(STREAMS))(
    'of a stream: %s',
    async (_, eventsOf) => {
      const read = (pieces: string): Promise<unknown> => streamed(eventsOf(pieces.split('')));
      expect(await read('aaa')).toHaveProperty('message');
      expect(await slowReadings(read, { length: 2_000, repeated: ['a', '"'], tails: [''] })).toEqual([]);
    },
    300_000,
  );

  it.each([
    ['an error', 400, ['', '{"message":"']],
    [
      'a reply',
      200,
      ['', '{"id":"1","finish_reason":"COMPLETE","message":{"content":[{"type":"text","text":"'],
    ],
  ])(
    'of %s, whatever comes again and again',
    async (_, status, heads) => {
      const read = (body: string): Promise<unknown> => new CohereLLM(answering(body, status)).chat('q');
      expect(await slowReadings(read, { heads, tails: ['a'] })).toEqual([]);
    },
    300_000,
  );

  it.each([
    ['vectors', (body: string) => new CohereEmbedding(answering(body)).embedTexts(['a'])],
    ['a ranking', (body: string) => new CohereReranker(answering(body)).rerank('q', ['a'])],
  ])(
    'of %s',
    async (_, read) => {
      const heads = ['{"embeddings":{"float":[[', '{"results":[{"index":'];
      expect(await slowReadings(read, { heads, repeated: ['0', '1,', '"', '[', ' '], tails: ['a'] })).toEqual(
        [],
      );
    },
    300_000,
  );

  it('through every class that the package exports', () => {
    expect(Object.keys(cohere).toSorted()).toEqual(['CohereEmbedding', 'CohereLLM', 'CohereReranker']);
  });
});
