import { slowReadings } from '@mortise/conformance';
import * as mistral from '@mortise/mistral';
import { MistralEmbedding, MistralLLM } from '@mortise/mistral';
import { describe, expect, it } from 'vitest';
import { answered, replyOf, streamOf } from './sent.ts';

const streamed = (deltas: readonly object[]): Promise<unknown> =>
  answered(streamOf(deltas)).streamChat('q').final();
const whole = (content: readonly object[]): Promise<unknown> => answered(replyOf({ content })).chat('q');
const after = (prefix: string, deltas: readonly object[]): Promise<unknown> =>
  answered(streamOf(deltas))
    .streamChat([
      { role: 'user', content: 'q' },
      { role: 'assistant', content: prefix },
    ])
    .final();

const text = (said: string): object => ({ type: 'text', text: said });
const thinking = (...items: object[]): object => ({ type: 'thinking', thinking: items });
const reference = (...ids: number[]): object => ({ type: 'reference', reference_ids: ids });
const call = (more: object, called: object): object => ({
  tool_calls: [{ ...more, function: called }],
});

/** What a reply may bring again and again, a character of the text a piece. */
const READ: { readonly [what: string]: (letters: readonly string[]) => Promise<unknown> } = {
  'pieces of a text': (letters) => streamed(letters.map((content) => ({ content }))),
  'chunks of a text': (letters) => whole(letters.map(text)),
  'members of a text': (letters) =>
    streamed(letters.map((letter, at) => ({ content: [{ ...text(letter), [`m${at}`]: at }] }))),
  'pieces of a thought': (letters) =>
    streamed(letters.map((letter) => ({ content: [thinking(text(letter))] }))),
  'items of a thought': (letters) => whole([thinking(...letters.map((_, at) => reference(at)))]),
  'members of a thought': (letters) =>
    streamed(letters.map((letter, at) => ({ content: [{ ...thinking(text(letter)), [`m${at}`]: at }] }))),
  'thoughts that are signed': (letters) =>
    whole(letters.map((letter) => ({ ...thinking(text(letter)), signature: 'c2ln' }))),
  'texts and thoughts in turn': (letters) =>
    whole(letters.map((letter, at) => (at % 2 === 0 ? text(letter) : thinking(text(letter))))),
  references: (letters) => whole(letters.flatMap((letter, at) => [text(letter), reference(at)])),
  'ids of a reference': (letters) => whole([text('a'), reference(...letters.map((_, at) => at))]),
  'chunks of its own': (letters) => whole(letters.map((file_id) => ({ type: 'file', file_id }))),
  calls: (letters) =>
    streamed(letters.map((_, at) => call({ id: `call${at}` }, { name: 'f', arguments: '{}' }))),
  'pieces of a call': (letters) =>
    streamed([
      call({ id: 'c' }, { name: 'f', arguments: '{"a":"' }),
      ...letters.map((letter) => call({}, { name: '', arguments: letter })),
      call({}, { arguments: '"}' }),
    ]),
  'the same call': (letters) =>
    streamed(letters.map(() => call({ id: 'c' }, { name: 'f', arguments: '{"a":1}' }))),
  'members of a call': (letters) =>
    streamed(letters.map((_, at) => call({ id: 'c', [`m${at}`]: at }, { name: 'f', arguments: '' }))),
  'pieces of the prefix': (letters) =>
    after(
      letters.join(''),
      letters.map((content) => ({ content })),
    ),
  'other choices': (letters) =>
    answered(
      replyOf(
        {},
        {
          choices: [{ index: 0, message: { content: 'a' } }, ...letters.map((_, at) => ({ index: at + 1 }))],
        },
      ),
    ).chat('q'),
};

describe('C-13: takes time in proportion to what it reads', () => {
  it.each(Object.entries(READ))(
    'of a reply: %s',
    async (_, readOf) => {
      const read = (pieces: string): Promise<unknown> => readOf(pieces.split(''));
      expect(await read('aaa')).toHaveProperty('message');
      expect(await slowReadings(read, { length: 2_000, repeated: ['a'], tails: [''] })).toEqual([]);
    },
    300_000,
  );

  const answering = (body: string, status = 200) => ({
    model: 'm',
    apiKey: 'k',
    retry: false as const,
    fetch: () =>
      Promise.resolve(new Response(body, { status, headers: { 'content-type': 'application/json' } })),
  });

  it.each([
    ['an error', 400, ['', '{"object":"error","type":"invalid_request_error","message":"']],
    ['a reply', 200, ['', '{"choices":[{"finish_reason":"stop","message":{"content":"']],
  ])(
    'of %s, whatever comes again and again',
    async (_, status, heads) => {
      const read = (body: string): Promise<unknown> => new MistralLLM(answering(body, status)).chat('q');
      expect(await slowReadings(read, { heads, tails: ['a'] })).toEqual([]);
    },
    300_000,
  );

  it('of vectors', async () => {
    const read = (body: string): Promise<unknown> => new MistralEmbedding(answering(body)).embedTexts(['a']);
    const heads = ['{"data":[{"index":0,"embedding":[', '{"data":[', '{"data":[{"embedding":"'];
    const repeated = ['0', '1,', '{},', '"', '[', ' '];
    expect(await slowReadings(read, { heads, repeated, tails: ['a'] })).toEqual([]);
  }, 300_000);

  it('of a data URL, whatever comes again and again', async () => {
    const read = (url: string): Promise<unknown> =>
      answered(replyOf({ content: 'a' })).chat([
        { role: 'user', content: [{ type: 'audio', source: { url } }] },
      ]);
    const heads = ['data:audio/mpeg', 'data:;base64,'];
    const repeated = ['a', ';', ',', ';base64', ';base64,', '\n'];
    expect(await slowReadings(read, { heads, repeated, tails: ['', ','] })).toEqual([]);
  }, 300_000);

  it('through every class that the package exports', () => {
    expect(Object.keys(mistral).toSorted()).toEqual(['MistralEmbedding', 'MistralLLM']);
  });
});
