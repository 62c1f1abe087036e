import { AnthropicLLM } from '@mortise/anthropic';
import * as anthropic from '@mortise/anthropic';
import { slowReadings } from '@mortise/conformance';
import { describe, expect, it } from 'vitest';

const answering = (text: string, status = 200, type = 'application/json') => ({
  model: 'm' as const,
  apiKey: 'k',
  retry: false as const,
  fetch: () => Promise.resolve(new Response(text, { status, headers: { 'content-type': type } })),
});
const start = (index: number, block: object): object => ({
  type: 'content_block_start',
  index,
  content_block: block,
});
const delta = (index: number, value: object): object => ({
  type: 'content_block_delta',
  index,
  delta: value,
});
const stop = (index: number): object => ({ type: 'content_block_stop', index });
const text = { type: 'text', text: '' };
const tool = (at: number): object => ({ type: 'tool_use', id: `c${at}`, name: 'f', input: {} });

function streamed(events: readonly object[]): Promise<unknown> {
  const message = { id: '1', type: 'message', role: 'assistant', model: 'm', content: [], usage: {} };
  const all = [
    { type: 'message_start', message },
    ...events,
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: {} },
    { type: 'message_stop' },
  ];
  const body = all
    .map((each) => `event: ${(each as { type: string }).type}\ndata: ${JSON.stringify(each)}\n\n`)
    .join('');
  return new AnthropicLLM(answering(body, 200, 'text/event-stream')).streamChat('q').final();
}

const within = (block: object, deltas: readonly object[]): object[] => [
  start(0, block),
  ...deltas.map((each) => delta(0, each)),
  stop(0),
];

/** What a stream may bring again and again, a character of the text a piece. */
const STREAMS: { readonly [what: string]: (letters: readonly string[]) => object[] } = {
  'pieces of a text': (letters) =>
    within(
      text,
      letters.map((letter) => ({ type: 'text_delta', text: letter })),
    ),
  'pieces of thinking': (letters) =>
    within(
      { type: 'thinking', thinking: '', signature: '' },
      letters.map((letter) => ({ type: 'thinking_delta', thinking: letter })),
    ),
  'pieces of a signature': (letters) =>
    within(
      { type: 'thinking', thinking: 'a', signature: '' },
      letters.map((letter) => ({ type: 'signature_delta', signature: letter })),
    ),
  'pieces of arguments': (letters) =>
    within(tool(0), [
      { type: 'input_json_delta', partial_json: '{"a":"' },
      ...letters.map(() => ({ type: 'input_json_delta', partial_json: 'a' })),
      { type: 'input_json_delta', partial_json: '"}' },
    ]),
  citations: (letters) =>
    within(text, [
      { type: 'text_delta', text: 'a' },
      ...letters.map((_, at) => ({
        type: 'citations_delta',
        citation: { type: 'char_location', cited_text: 'a', document_index: 0, start_char_index: at },
      })),
    ]),
  blocks: (letters) =>
    letters.flatMap((letter, at) => [
      start(at, text),
      delta(at, { type: 'text_delta', text: letter }),
      stop(at),
    ]),
  calls: (letters) =>
    letters.flatMap((_, at) => [
      start(at, tool(at)),
      delta(at, { type: 'input_json_delta', partial_json: '{}' }),
      stop(at),
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
    ['an error', 400, ['', '{"type":"error","error":{"type":"x","message":"']],
    ['a reply', 200, ['', '{"id":"1","stop_reason":"end_turn","content":[{"type":"text","text":"']],
  ])(
    'of %s, whatever comes again and again',
    async (_, status, heads) => {
      const read = (body: string): Promise<unknown> => new AnthropicLLM(answering(body, status)).chat('q');
      expect(await slowReadings(read, { heads, tails: ['a'] })).toEqual([]);
    },
    300_000,
  );

  it('through every class that the package exports', () => {
    expect(Object.keys(anthropic).toSorted()).toEqual(['AnthropicLLM', 'DEFAULT_MAX_TOKENS']);
  });
});
